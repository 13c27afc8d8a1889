# Prior, likelihood and posterior as functions of x_{t-1}, at three steps of S10.
eval terminal(1.5, 0.75)
sym = (format eq 'tex')
set multiplot layout 1,3 margins 0.07,0.99,0.17,0.86 spacing 0.04
set xrange [-2.4:2.4]
set yrange [0:2.2]
set xtics -2,1,2
set ytics 0,1,2
set xlabel (sym ? '$x_{t-1}$' : 'x_{t−1}')
set ylabel 'density' offset 1
do for [i=0:2] {
    if (i == 1) { unset ylabel; set format y '' }
    if (i < 2) { unset key } else { set key at graph 0.98,0.97 right top samplen 2 }
    set label 1 sprintf(sym ? '$t = %d$' : 't = %d', int(word('3 5 9', i + 1))) at graph 0.05,1.06
    plot file('lesson04_bayes') index i using 1:2 with lines lt 2 title (sym ? 'prior $q(x_{t-1}|x_0)$' : 'prior'), \
         '' index i using 1:3 with lines lt 3 title (sym ? 'likelihood of $x_t$' : 'likelihood'), \
         '' index i using 1:4 with lines lt 1 lw 3 title 'posterior'
}
unset multiplot
