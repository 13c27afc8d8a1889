# Densities and scores of three noise levels, as in the picture of the slide.
eval panels(3, 1.5, 0.62)
sym = (format eq 'tex')
rows = rows_of(3, 1.5)
set multiplot layout rows, 3 / rows
unset key
unset colorbox
unset grid
set border 15 lw 0.8 lc rgb '#888888'
set size ratio -1
set xrange [-2.4:2.4]
set yrange [-2.4:2.4]
set cbrange [0:1.15]
unset tics
set lmargin 1
set rmargin 1
set tmargin 0.5
set bmargin 2.2
set palette defined (0 'white', 1.15 '#3b78b8')
do for [i=0:2] {
    set xlabel (sym ? '$\sigma_'.(i+1).'='.word('0.15 0.6 2', i+1).'$' : (format eq 'dumb' ? 'sigma = '.word('0.15 0.6 2', i+1) : 'σ_'.(i+1).' = '.word('0.15 0.6 2', i+1))) offset 0,0.3
    plot file('lesson18_levels') index i using 1:2:3 with image, \
         file('lesson18_arrows') index i using ($1-$3/2):($2-$4/2):3:4 with vectors head filled size 0.12,22 lw 1.4 dt 1 lc rgb 'black'
}
unset multiplot
