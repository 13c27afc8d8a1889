# Gradient of one sample by all weights, before, during and after training, beside lesson 16's prediction.
eval panels(3, 1.8, 0.75)
sym = (format eq 'tex')
rows = rows_of(3, 1.8)
array kind[3] = ['ε', 'x_0', 'μ']
if (sym) { kind[1] = '$\epsilon$'; kind[2] = '$x_0$'; kind[3] = '$\mu$' }
if (format eq 'dumb') { kind[1] = 'eps'; kind[3] = 'mu' }
set multiplot layout rows, 3 / rows
set logscale y
set yrange [0.01:30]
set xrange [1:50]
set xtics (1, 10, 20, 30, 40, 50)
set xlabel (sym ? 'step $t$' : 'step t')
do for [i=0:2] {
    stats file('lesson21_gradients') index i using 3 nooutput
    m3 = STATS_mean
    stats file('lesson21_gradients') index i using 4 nooutput
    m4 = STATS_mean
    stats file('lesson21_gradients') index i using 5 nooutput
    m5 = STATS_mean
    stats file('lesson21_gradients') index i using 6 nooutput
    m6 = STATS_mean
    set ylabel (i == 0 ? 'gradient / its mean over t' : '')
    set label 1 'target '.kind[i+1] at graph 0.35, 0.93
    if (i == 2) { set key bottom right } else { unset key }
    plot file('lesson21_gradients') index i using 1:($3/m3) with lines lt 1 lw 3 lc rgb '#999999' title 'lesson 16', \
         '' index i using 1:($4/m4) with lines lt 2 title 'start', \
         '' index i using 1:($5/m5) with lines lt 3 title 'half way', \
         '' index i using 1:($6/m6) with lines lt 4 title 'end'
}
unset multiplot
