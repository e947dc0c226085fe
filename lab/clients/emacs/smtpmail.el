;;; smtpmail.el --- delivers one message as a user's Emacs would  -*- lexical-binding: t -*-
;;
;;   emacs-nox --quick --batch --load smtpmail.el TYPE LEVEL HOST PORT HELO FROM TO MESSAGE
;;
;; TYPE is smtpmail-stream-type, LEVEL network-security-level. The password stands in ~/.authinfo. Exit codes: 0 delivered,
;; 1 refused.
(require 'smtpmail)
(require 'nsm)
(pcase-let ((`(,type ,level ,host ,port ,helo ,from ,to ,message) command-line-args-left))
  (setq command-line-args-left nil
        smtpmail-stream-type (intern type)
        network-security-level (intern level)
        smtpmail-smtp-server host
        smtpmail-smtp-service (string-to-number port)
        user-mail-address from
        mail-host-address nil
        auth-sources '("~/.authinfo"))
  (fset 'system-name (lambda () helo))
  (condition-case err
      (with-temp-buffer
        (insert-file-contents message)
        (let ((failure (smtpmail-via-smtp (list to) (current-buffer))))
          (when failure
            (message "refused: %s" failure)
            (kill-emacs 1))))
    (error (message "refused: %s" (error-message-string err))
           (kill-emacs 1)))
  (kill-emacs 0))
