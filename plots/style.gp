# style.gp -- terminal and look of every figure.  Set by plots/draw.sh: format, size_option, data, out.
#
# Colours: gnuplot's podo set (made for colour-deficient readers), always together with a dash type
# and, where there are points, a point type, so that a photocopy can be read as well.
# gnuplot 5.4 subset: no else-if, no function blocks.

if (!exists("format")) format = 'png'
if (!exists("size_option")) size_option = ''
if (!exists("data")) data = 'build/data'
if (!exists("out")) out = 'figure'
has_size = strlen(size_option) > 0

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

# A script begins with  eval terminal(w, h): the terminal command for a figure w times 12 cm wide and
# h times 8 cm high, unless SIZE says otherwise (SIZE=16cm,9cm or SIZE=1200,800).
is_cm(size) = strstrt(size, 'cm') > 0
number(size, i) = real(word(system("echo '".size."' | tr -d 'cm' | tr ',' ' '"), i))
in_px(size) = is_cm(size) ? sprintf('%d,%d', 37.8 * number(size, 1), 37.8 * number(size, 2)) : size
px(w, h) = has_size ? size_option : sprintf('%d,%d', 960 * w, 640 * h)
svg_px(w, h) = has_size ? in_px(size_option) : sprintf('%d,%d', 600 * w, 400 * h)
cm(w, h) = has_size ? size_option : sprintf('%.1fcm,%.1fcm', 12.0 * w, 8.0 * h)
chars(w, h) = has_size ? size_option : '98,32'

to_file = "set output '".out.".".format."'"
terminal(w, h) = \
    format eq 'png' ? "set terminal pngcairo size ".px(w, h)." font 'DejaVu Sans,14' linewidth 1.3; ".to_file : \
    format eq 'svg' ? "set terminal svg size ".svg_px(w, h)." dynamic font 'DejaVu Sans,11' background 'white'; ".to_file : \
    format eq 'pdf' ? "set terminal pdfcairo size ".cm(w, h)." font 'DejaVu Sans,9' linewidth 0.8; ".to_file : \
    format eq 'tex' ? "set terminal cairolatex pdf input size ".cm(w, h)." linewidth 2.5; ".to_file : \
    "set terminal dumb size ".chars(w, h)." noenhanced"

file(name) = data.'/'.name.'.tsv'
