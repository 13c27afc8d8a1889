# Eight paths of Algorithm 2 with the perfect network, from x_T to x_0.
eval terminal(0.80, 1.12)
sym = (format eq 'tex')
set border 15 lc rgb '#bbbbbb' lw 0.8
unset tics
unset grid
set size ratio -1
set xrange [-2.6:2.6]
set yrange [-2.6:2.6]
set key outside bottom center horizontal samplen 1 width 1
set bmargin at screen 0.12
start = sym ? 'start $x_T$' : (format eq 'dumb' ? 'start x_T' : 'start x_T')
end = sym ? 'sample $x_0$' : (format eq 'dumb' ? 'sample x_0' : 'sample x_0')
set style fill solid 1.0 noborder
set samples 8
set palette defined (0 '#000000', 0.5 '#555555', 1 '#d8d8d8')
unset colorbox
plot '+' using (cos(2*pi*$0/8)):(sin(2*pi*$0/8)):(0.15) every ::0::7 with circles lc rgb '#d8d8d8' notitle, \
     file('lesson24_paths') using 2:3:(log(1 + $1)) with lines lw 1.3 dt 1 lc palette notitle, \
     file('lesson24_paths') using 2:3 every ::0::0 with points pt 2 ps 1.1 lw 2 lc rgb '#e69f00' title start noenhanced, \
     file('lesson24_paths') using ($1 == 0 ? $2 : 1/0):3 with points pt 7 ps 0.9 lc rgb '#0047a0' title end noenhanced
