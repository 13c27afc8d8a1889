# log10 SNR against t/T for the six named schedules.
eval terminal(0.8, 0.8)
sym = (format eq 'tex')
set xlabel (sym ? 'time $t/T$' : 'time  t/T')
set ylabel (sym ? '$\log_{10}\mathrm{SNR}(t)$' : 'log_{10} SNR(t)') offset 0
set xrange [0:1.25]
set xtics 0,0.25,1
set yrange [-9.2:5.2]
set ytics -8,2,4
set arrow 1 from 0,0 to 1,0 nohead dt (2,4) lw 1.5 lc rgb '#555555'
set label 1 'signal = noise' at 0.02,-0.55 textcolor rgb '#555555'
unset key
set label 11 'BAD50' at 1.02,0.18
set label 12 'S10' at 1.02,-1.36
set label 13 'L1000' at 1.02,-4.1
set label 14 'S50' at 1.02,-5.3
set label 16 'COS1000' at 1.02,-8.62
plot file('lesson02_snr') index 0 using 1:2 with lines lt 4, \
     '' index 1 using 1:2 with linespoints lt 5 ps 0.9 pt 7 lc rgb '#0072b2', \
     '' index 2 using 1:2 with lines lt 1, \
     '' index 3 using 1:2 with lines lt 2, \
     '' index 5 using 1:2 with lines lt 3
