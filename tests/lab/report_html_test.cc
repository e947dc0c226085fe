// The HTML report, read by an XML parser: what it shows, and that nothing hostile leaves its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <pugixml.hpp>
#include <set>
#include <string>
#include <vector>

#include "lab/report/escape.h"
#include "lab/report/html.h"
#include "tests/lab/report_model.h"

namespace lab::testing {
namespace {

using ::testing::HasSubstr;

std::string Page(const std::vector<Results>& runs, const HtmlOptions& options = {}) {
  return HtmlReport(*MakeGrid(runs), options);
}

class Document {
 public:
  explicit Document(const std::string& page) {
    // White space is kept: a text must come back octet for octet.
    const auto parsed =
        document_.load_buffer(page.data(), page.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
    EXPECT_TRUE(parsed) << parsed.description() << " at " << page.substr(static_cast<size_t>(parsed.offset), 200);
  }
  // The text of the first node that `path` selects, children included.
  std::string Text(const std::string& path) const {
    const pugi::xpath_node found = document_.select_node(path.c_str());
    EXPECT_TRUE(found) << path;
    return found ? pugi::xpath_query("string(.)").evaluate_string(found) : "";
  }
  size_t Count(const std::string& path) const { return document_.select_nodes(path.c_str()).size(); }
  const pugi::xml_document& tree() const { return document_; }

 private:
  pugi::xml_document document_;
};

// The place in the table of a scenario and a client.
std::string CellPath(const std::string& scenario, size_t column) {
  return "//table[@id='matrix']/tbody/tr[th/code='" + scenario + "']/td[" + std::to_string(column + 1) + "]";
}

TEST(HtmlReport, ShowsEveryCellAsSymbolAndWord) {
  const Document page(Page({SmallRun()}));
  EXPECT_EQ(page.Text(CellPath("name.wrong-host", 0)), "✓ pass");
  EXPECT_EQ(page.Text(CellPath("name.cn-only", 0)), "▲ accept-bad");
  EXPECT_EQ(page.Text(CellPath("name.cn-only", 1)), "✓ pass");
  EXPECT_EQ(page.Text(CellPath("time.leaf-expired", 0)), "= xfail");
  EXPECT_EQ(page.Text(CellPath("time.leaf-expired", 1)), "") << "was not asked";
  EXPECT_EQ(page.Text("//thead/tr/th[2]/b"), "curl");
  EXPECT_EQ(page.Text("//thead/tr/th[2]/span[@class='version']"), "7.88.1");
  EXPECT_EQ(page.Text("//p[@class='counts']"), "5 passed, 1 failed, 1 skipped");
}

TEST(HtmlReport, HasADrawerForWhateverIsNoPass) {
  const Document page(Page({SmallRun()}));
  EXPECT_EQ(page.Count("//details[@class='finding']"), 3u);
  EXPECT_EQ(page.Count("//td/a"), 3u);
  const std::string link =
      page.tree().select_node((CellPath("name.cn-only", 0) + "/a/@href").c_str()).attribute().value();
  const std::string drawer = "//div[@id='" + link.substr(1) + "']";
  EXPECT_EQ(page.Text(drawer + "/p[@class='sentence']"), "curl met name.cn-only");
  EXPECT_EQ(page.Text(drawer + "/dl/dt[.='Expected']/following-sibling::dd[1]"), "refuse: name-mismatch@0");
  EXPECT_EQ(page.Text(drawer + "/dl/dt[.='Observed']/following-sibling::dd[1]"), "accepted");
  EXPECT_THAT(page.Text(drawer + "/dl/dt[.='The server saw']/following-sibling::dd[1]"),
              HasSubstr("the server's word"));
  EXPECT_EQ(page.Text(drawer + "/dl/dt[.='The client said']/following-sibling::dd[1]"), "exit code 0");
  EXPECT_EQ(page.Text(drawer + "/dl/dt[.='Run it again']/following-sibling::dd[1]"),
            "starttls-lab run --client curl --filter name.cn-only");
  EXPECT_EQ(page.Text(drawer + "//ol/li[2]"), "+0.000023 s  S: 220 mail.bob.test");
  EXPECT_EQ(page.Text("//details[contains(summary, 'xfail')]//dt[.='Known']/following-sibling::dd[1]"),
            "declared for curl");
}

TEST(HtmlReport, SaysWhatAReaderMustKnowFirst) {
  EXPECT_EQ(Document(Page({SmallRun()})).Count("//p[@class='warning']"), 0u);
  Results cut_short = SmallRun();
  cut_short.complete = false;
  EXPECT_EQ(Document(Page({cut_short})).Count("//p[@class='warning']"), 1u);
  Results other = SmallRun();
  other.header.suite_hash = "c";
  EXPECT_EQ(Document(Page({SmallRun(), other})).Count("//p[@class='warning']"), 1u);
  Results insane = SmallRun();
  insane.cells.back().outcome = "error";
  EXPECT_EQ(Document(Page({insane})).Count("//p[@class='warning']"), 1u);
}

void Walk(const pugi::xml_node& node, std::set<std::string>& elements, std::set<std::string>& attributes) {
  elements.insert(node.name());
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    attributes.insert(attribute.name());
  }
  for (const pugi::xml_node& child : node.children()) {
    Walk(child, elements, attributes);
  }
}

TEST(HtmlReport, KeepsHostileStringsWhereTheyBelong) {
  const Document harmless(Page({SmallRun()})), hostile(Page({HostileRun()}));
  EXPECT_EQ(hostile.Text("//p[@class='sentence']"), PrintableUtf8(kHostile));
  EXPECT_EQ(hostile.Text("//ol/li[1]"), PrintableUtf8(kHostile));
  EXPECT_EQ(hostile.Count("//script"), 1u);
  EXPECT_EQ(hostile.Count("//style"), 1u);
  EXPECT_EQ(hostile.Count("//img"), 0u);
  EXPECT_EQ(hostile.Count("//td"), hostile.Count("//tr[@data-row]") * hostile.Count("//thead/tr/th[@data-client]") +
                                       hostile.Count("//table[@class='runs']//td"));
  // A page of harmless results has these elements and attributes; hostile ones add what they have more to show.
  std::set<std::string> elements, attributes, more_elements, more_attributes;
  Walk(harmless.tree(), elements, attributes);
  Walk(hostile.tree(), more_elements, more_attributes);
  for (const std::string& element : more_elements) {
    EXPECT_TRUE(elements.contains(element) || element == "pre") << element;
  }
  for (const std::string& attribute : more_attributes) {
    EXPECT_TRUE(attributes.contains(attribute)) << attribute;
  }
}

TEST(HtmlReport, HasNoOctetThatIsNoPrintableUtf8) {
  for (const std::string& page : {Page({HostileRun()}), Page({SmallRun()}), Page({Results()}), Page({})}) {
    std::string lines = page;
    std::erase(lines, '\n');
    EXPECT_EQ(PrintableUtf8(lines, lines.size()), lines);
  }
}

// The octets between `<tag>` and `</tag>`.
std::string Between(const std::string& page, const std::string& tag) {
  const size_t begin = page.find("<" + tag + ">") + tag.size() + 2;
  return page.substr(begin, page.find("</" + tag + ">") - begin);
}

std::string Base64OfSha256(const std::string& text) {
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const uint8_t*>(text.data()), text.size(), digest);
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string base64;
  for (size_t bit = 0; bit < 8 * sizeof digest; bit += 6) {
    const uint32_t pair =
        static_cast<uint32_t>(digest[bit / 8] << 8) | (bit / 8 + 1 < sizeof digest ? digest[bit / 8 + 1] : uint32_t{0});
    base64 += kDigits[pair >> (10 - bit % 8) & 0x3f];
  }
  return base64 + "=";  // 256 bits are 43 digits
}

TEST(HtmlReport, AllowsItsOwnStyleAndScriptOnly) {
  const std::string page = Page({SmallRun()});
  const std::string policy =
      Document(page).tree().select_node("//meta[@http-equiv='Content-Security-Policy']/@content").attribute().value();
  EXPECT_EQ(policy, "default-src 'none'; style-src 'sha256-" + Base64OfSha256(Between(page, "style")) +
                        "'; script-src 'sha256-" + Base64OfSha256(Between(page, "script")) +
                        "'; base-uri 'none'; form-action 'none'");
  EXPECT_EQ(Between(page, "script").find_first_of("<&"), std::string::npos) << "the page is XML as well";
  EXPECT_EQ(Between(page, "style").find_first_of("<&"), std::string::npos);
  EXPECT_EQ(page.find("://"), std::string::npos) << "nothing on the network";
  EXPECT_EQ(page.find(" style="), std::string::npos) << "the policy would refuse it";
}

TEST(HtmlReport, CutsLongTranscriptsAndSaysSo) {
  ResultCell cell = MakeCell("curl", "name.x", "accept-bad");
  cell.transcripts = {{}};
  for (size_t i = 0; i < kMostTranscriptLines + 40; ++i) {
    cell.transcripts[0].push_back("line " + std::to_string(i));
  }
  const Document page(Page({MakeRun({cell})}));
  EXPECT_EQ(page.Count("//ol/li"), kMostTranscriptLines + 1);
  EXPECT_EQ(page.Text("//li[@class='cut']"), "40 lines are left out here; results.json has them");
  EXPECT_EQ(page.Text("//ol/li[1]"), "line 0");
  EXPECT_EQ(page.Text("//ol/li[last()]"), "line " + std::to_string(kMostTranscriptLines + 39));
}

TEST(HtmlReport, LeavesOutTranscriptsWhenTheyAreTooMany) {
  Results run;
  for (int i = 0; i < 50; ++i) {
    run.cells.push_back(MakeCell("curl", "name.x" + std::to_string(i), "accept-bad"));
  }
  const Document whole(Page({run})), cut(Page({run}, {.transcript_budget = 2000}));
  EXPECT_EQ(whole.Count("//details[@class='wire']"), 50u);
  EXPECT_LT(cut.Count("//details[@class='wire']"), 20u);
  EXPECT_GT(cut.Count("//details[@class='wire']"), 0u);
  EXPECT_EQ(cut.Count("//details[@class='wire']") + cut.Count("//p[@class='cut']"), 50u);
}

TEST(HtmlReport, ClosesFamiliesWithoutFailuresWhenThereIsMuch) {
  Results run = MakeRun({MakeCell("curl", "time.x", "accept-bad")});
  for (int i = 0; i < 200; ++i) {
    run.cells.push_back(MakeCell("curl", "name.x" + std::to_string(i), "pass"));
  }
  const Document page(Page({run}));
  EXPECT_EQ(page.Count("//tbody[@data-family='time']//details[@open]"), 1u);
  EXPECT_EQ(page.Count("//tbody[@data-family='name']//details[@open]"), 0u);
}

}  // namespace
}  // namespace lab::testing
