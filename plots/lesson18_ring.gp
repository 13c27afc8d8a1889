# A trained NCSN, sampled in the right order and in the printed one.
eval panels(2, 1.2, 0.75)
sym = (format eq 'tex')
rows = rows_of(2, 1.2)
set multiplot layout rows, 2 / rows
unset key
unset grid
set border 15 lw 0.8 lc rgb '#888888'
set size ratio -1
set xrange [-4:4]
set yrange [-4:4]
set xtics -4,2,4 tc rgb 'black'
set ytics -4,2,4 tc rgb 'black'
set lmargin 3.5
set rmargin 1
set style fill transparent solid 0.35 noborder
do for [i=1:2] {
    set xlabel (i == 1 ? (sym ? '$t=T,\ldots,1$' : 't = T, ..., 1') : (sym ? '$t=1,\ldots,T$ (as printed)' : 't = 1, ..., T (as printed)')) offset 0,0.3
    plot for [k=0:7] '+' using (cos(2*pi*k/8)):(sin(2*pi*k/8)):(0.15) every ::0::0 with circles fc rgb '#e69f00' notitle, \
         file(i == 1 ? 'lesson18_down' : 'lesson18_up') using 1:2 with points pt 7 ps 0.28 lc rgb '#0047a0'
}
unset multiplot
