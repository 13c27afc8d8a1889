# What is left of the signal and how much noise has come in, against t/T.
eval terminal(0.8, 0.8)
sym = (format eq 'tex')
set xlabel (sym ? 'time $t/T$' : 'time  t/T')
set ylabel 'share' offset 1
set xrange [0:1]
set yrange [0:1.22]
set ytics 0,0.25,1
set key top center horizontal maxrows 1 samplen 2.6 width 1
plot file('lesson01_schedule') using 2:5 with lines lt 1 title (sym ? '$\sqrt{\bar\alpha_t}$' : '√ᾱ_t'), \
     '' using 2:4 with lines lt 3 title (sym ? '$\bar\alpha_t$' : 'ᾱ_t'), \
     '' using 2:6 with lines lt 2 title (sym ? '$\sqrt{1-\bar\alpha_t}$' : '√(1−ᾱ_t)')
