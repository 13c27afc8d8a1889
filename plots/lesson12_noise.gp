# The noise of the last step against the noise of the whole jump.
eval terminal(1.1, 0.95)
sym = (format eq 'tex')
stats file('lesson12_noise') index 0 using 1:2 nooutput
t_0 = STATS_mean_x; rho_0 = STATS_mean_y
stats file('lesson12_noise') index 1 using 1:2 nooutput
t_1 = STATS_mean_x; rho_1 = STATS_mean_y
set multiplot layout 1,2 margins 0.115,0.985,0.17,0.87 spacing 0.05
set size ratio 1
set xrange [-3.4:3.4]
set yrange [-3.4:3.4]
set xtics -3,3,3
set ytics -3,3,3
set mxtics 3
set mytics 3
unset key
set xlabel (sym ? 'noise $\epsilon$ of the jump' : 'noise ε of the jump')
set ylabel (sym ? 'noise $z$ of the step' : 'noise z of the step') offset 0.5
do for [i=0:1] {
    if (i == 1) { unset ylabel; set format y '' }
    rho = (i == 0 ? rho_0 : rho_1)
    set label 1 sprintf(sym ? '$t = %d$: slope $\rho_t = %.2f$' : 't = %d:  slope ρ = %.2f', (i == 0 ? t_0 : t_1), rho) at graph 0.5,1.08 center
    plot file('lesson12_noise') index i using 3:4 with points pt 7 ps 0.45 lc rgb '#5599cc', \
         rho * x with lines lt 1 lw 3
}
unset multiplot
