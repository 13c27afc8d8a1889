#!/bin/sh
# texts.sh -- hostile derivations that are too big or too strange for texts.txt.
# usage: texts.sh OUT      (after make_text.awk)
set -u
out=$1
new() { mkdir -p "$out/hw03/$1" && printf 'hw03\t%s\n' "$1" >> "$out/texts.tsv"; }
text() { new "$1"; { echo '[A7]'; cat; } > "$out/hw03/$1/answers.txt"; }
export mean='\tilde\mu_t = \frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_0 + \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_t'

awk 'BEGIN {printf "\\[ \\tilde\\mu_t = "; for (i = 0; i < 15000; i++) printf "x_t + x_0 + "; print "0 \\]"}' | text huge-line
awk 'BEGIN {printf "\\[ x_t = "; for (i = 0; i < 5000; i++) printf "("; printf "x_t"; for (i = 0; i < 5000; i++) printf ")"; print " \\]"}' | text deep-nesting
awk 'BEGIN {printf "\\[ x_t = "; for (i = 0; i < 9000; i++) printf "\\frac{"; print " \\]"}' | text open-braces
awk 'BEGIN {for (i = 0; i < 10000; i++) print "$$ 1 = 1 $$"}' | text many-displays
head -c 100000 /dev/urandom | tr -d '\n' | text binary
printf 'A\000B \033[2J \\[ x = \001 \\]\n' | text control-characters
printf '\\[ \\tilde\\mu_t = \377\376\300\200 \\]\n' | text no-utf-8
awk 'BEGIN {m = ENVIRON["mean"]; print "\\begin{align}"; for (i = 0; i < 60; i++) print (i ? "&= " : m " &= ") "\\mathbb{E}_{q(x_{1:T}|x_0)}[\\sin(\\log p_\\theta(x_{0:T}) \\sin(\\|x_1\\| \\|x_2\\| \\|x_3\\|))] \\\\"; print "0 \\end{align}"}' | text costly
awk 'BEGIN {for (i = 0; i < 40; i++) print "\\[ \\int p_\\theta(x_{0:T}) \\sin(x_1 x_2 x_3) dx_{1:T} = \\int p_\\theta(x_{0:T}) \\cos(x_" i " x_2 x_3) dx_{1:T} \\]"}' | text integrals
awk 'BEGIN {for (i = 0; i < 500; i++) printf "%% derive: let r_{%d} = r_{%d}\n", i, i + 1; print "\\[ r_1 = \\tilde\\mu_t \\]"; for (i = 0; i < 26; i++) printf "%% derive: let %c = %c + %c\n", 97 + i, 98 + i, 98 + i; print "\\[ a = 1 \\]"}' | text circular-names
