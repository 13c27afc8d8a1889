# Two Gaussians, and q ln(q/p), whose signed area is the divergence.
eval terminal(0.68, 0.74)
sym = (format eq 'tex')
set xrange [-3.5:3.5]
set yrange [-0.28:1.0]
set xlabel (sym ? '$x$' : 'x')
set xtics -3,1,3
set ytics 0,0.2,0.8
set format y '%.1f'
set xzeroaxis lt 1 lc rgb 'black' lw 1
unset grid
set key top left reverse Left
area = format eq 'dumb' ? 'lines' : 'filledcurves y1=0 fs transparent solid 0.35'
set label 1 'area = KL' at 2.45,0.60 center front
set arrow 2 from 2.1,0.55 to 1.52,0.33 head filled size 0.12,18 lw 1.2 front
set label 2 'negative' at -1.3,-0.22 center front
set arrow 1 from -1.05,-0.19 to -0.72,-0.07 head filled size 0.12,18 lw 1.2 front
plot file('lesson09_integrand') using 1:4 with @area lt 2 lw 1 title (sym ? '$q\,\ln(q/p)$' : 'q ln(q/p)'), \
     '' using 1:2 with lines lt 1 lw 3.5 title (sym ? '$q=\mathcal N(0.6,\,0.5)$' : 'q = N(0.6, 0.5)'), \
     '' using 1:3 with lines lt 3 lw 3.5 title (sym ? '$p=\mathcal N(-0.4,\,0.9)$' : 'p = N(−0.4, 0.9)')
