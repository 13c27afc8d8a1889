# Samples of four samplers over the density of the data: grey discs are 1, 2 and 3 standard deviations.
eval terminal(0.80, 1.28)
sym = (format eq 'tex')
set border 15 lc rgb '#bbbbbb' lw 0.8
unset tics
unset grid
unset key
set size ratio -1
set xrange [-1.55:1.55]
set yrange [-1.55:1.55]
array name[4] = ['trained network', 'perfect network', 'perfect, one call', 'perfect, variance as sd']
set style fill solid 1.0 noborder
set samples 8
shade(k) = k == 3 ? '#ececec' : k == 2 ? '#d8d8d8' : '#c0c0c0'
set multiplot
do for [i = 1:4] {
    left = (i - 1) % 2 * 0.5
    bottom = i <= 2 ? 0.5 : 0.0
    set origin left, bottom
    set size 0.5, 0.5
    set lmargin at screen left + 0.01
    set rmargin at screen left + 0.49
    set bmargin at screen bottom + 0.01
    set tmargin at screen bottom + 0.45
    set label 1 name[i] at graph 0.5, graph 1.05 center
    plot '+' using (cos(2*pi*$0/8)):(sin(2*pi*$0/8)):(0.15) every ::0::7 with circles lc rgb shade(3), \
         '+' using (cos(2*pi*$0/8)):(sin(2*pi*$0/8)):(0.10) every ::0::7 with circles lc rgb shade(2), \
         '+' using (cos(2*pi*$0/8)):(sin(2*pi*$0/8)):(0.05) every ::0::7 with circles lc rgb shade(1), \
         file('lesson24_samples') index (i - 1) using 1:2 with points pt 7 ps 0.22 lc rgb '#0047a0'
}
unset multiplot
