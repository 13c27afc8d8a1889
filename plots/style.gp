# style.gp -- terminal and look of every figure.  Set by plots/draw.sh: format, data, out and, when SIZE
# is given, size_w, size_h, size_unit ('cm' or 'px').
#
# Colours: gnuplot's podo set (made for colour-deficient readers), always together with a dash type
# and, where there are points, a point type, so that a photocopy can be read as well.
# gnuplot 5.4 subset: no else-if, no function blocks.

if (!exists("format")) format = 'png'
if (!exists("data")) data = 'build/data'
if (!exists("out")) out = 'figure'
has_size = exists("size_w")
if (!has_size) { size_w = 0.0; size_h = 0.0; size_unit = 'cm' }

set encoding utf8
set colorsequence podo
set linetype 1 lw 2.2 dt 1 pt 7
set linetype 2 lw 2.2 dt (12,4) pt 5
set linetype 3 lw 2.2 dt (4,3) pt 9
set linetype 4 lw 2.2 dt (12,4,2,4) pt 13
set linetype 5 lw 2.2 dt (2,2) pt 6
set linetype 6 lw 2.2 dt (16,4,2,4,2,4) pt 4
set linetype 7 lw 2.2 dt (8,2) pt 8
set linetype 8 lw 2.2 dt (6,6) pt 12

set border 3 lw 1.2
set tics nomirror out scale 0.6
set grid lc rgb '#dddddd' lw 0.6 dt 1
set key samplen 3.2 spacing 1.15
set palette cubehelix start 0.3 cycles -0.9 saturation 0.9
set datafile separator tab
set datafile commentschars '#'
unset title

# ---- Sizes --------------------------------------------------------------------------------------
# A script begins with  eval terminal(w, h): the terminal command for a figure w times 12 cm wide and
# h times 8 cm high, unless SIZE says otherwise (SIZE=16cm,9cm or SIZE=1200,800).
# A centimetre is 80 pixels of a png and 50 of an svg, so that text keeps its size on the page.
px_per_cm = format eq 'svg' ? 50.0 : 80.0
in_cm(size) = size_unit eq 'cm' ? size : size / px_per_cm
width_cm(w) = has_size ? in_cm(size_w) : 12.0 * w
height_cm(h) = has_size ? in_cm(size_h) : 8.0 * h

# n panels of a figure that is w wide go side by side; where SIZE is too narrow for that, and in a
# terminal, they go beneath each other, each as high as SIZE says:
#   eval panels(3, w, h);  rows = rows_of(3, w);  set multiplot layout rows, 3 / rows
is_narrow(w) = format eq 'dumb' ? 1 : has_size ? width_cm(w) < 6.0 * w : 0
rows_of(n, w) = is_narrow(w) ? n : 1

to_file = "set output '".out.".".format."'"
terminal_cm(w, h) = \
    format eq 'png' ? sprintf("set terminal pngcairo size %.0f,%.0f font 'DejaVu Sans,14' linewidth 1.3; ", 80 * w, 80 * h).to_file : \
    format eq 'svg' ? sprintf("set terminal svg size %.0f,%.0f dynamic font 'DejaVu Sans,11' background 'white'; ", 50 * w, 50 * h).to_file : \
    format eq 'pdf' ? sprintf("set terminal pdfcairo size %.2fcm,%.2fcm font 'DejaVu Sans,9' linewidth 0.8; ", w, h).to_file : \
    format eq 'tex' ? sprintf("set terminal cairolatex pdf input size %.2fcm,%.2fcm linewidth 2.5; ", w, h).to_file : \
    format eq 'sixel' ? sprintf("set terminal sixelgd size %.0f,%.0f font 'DejaVu Sans,14'", 60 * w, 60 * h) : ''
text_w = has_size && size_unit eq 'px' ? size_w : has_size ? 8.0 * size_w : 98.0
text_h = has_size && size_unit eq 'px' ? size_h : has_size ? 4.0 * size_h : 32.0
terminal_text(n) = sprintf("set terminal dumb size %.0f,%.0f noenhanced; ", text_w, n * text_h).(strlen(out) > 0 ? to_file : '')

terminal(w, h) = format eq 'dumb' ? terminal_text(1) : terminal_cm(width_cm(w), height_cm(h))
panels(n, w, h) = format eq 'dumb' ? terminal_text(n) : terminal_cm(width_cm(w), rows_of(n, w) * height_cm(h))

file(name) = data.'/'.name.'.tsv'
