# The variance that Langevin dynamics ends in, against the step, for N(0,1).
eval terminal(1, 1)
sym = (format eq 'tex')
set xrange [0:0.82]
set yrange [0:2.8]
set xtics 0,0.2,0.8
set ytics 0,1,3
set xlabel (sym ? 'step $\eta$ (data $N(0,1)$)' : (format eq 'dumb' ? 'step eta (data N(0,1))' : 'step η (data N(0,1))'))
set ylabel 'variance of the samples' offset 1
set key off
eta = sym ? '$\eta$' : (format eq 'dumb' ? 'eta' : 'η')
set label 1 'as the slide has it' at 0.03,1.17 left
set label 2 'noise '.(sym ? '$\sqrt{2\eta}$' : 'sqrt(2'.eta.')') at 0.03,2.26 left
set label 3 'no factor 1/2' at 0.03,0.68 left
set label 4 'noise '.eta at 0.27,0.20 left
plot 1 with lines lt 1 lw 1 lc rgb '#888888', \
     file('lesson18_bias') using 1:2 with lines lt 1 lw 4, \
     '' using 1:4 with lines lt 2 lw 3, \
     '' using 1:3 with lines lt 4 lw 3, \
     '' using 1:5 with lines lt 3 lw 3
