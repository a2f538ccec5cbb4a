// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.scaling;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A chart for each axis, time and its floor over the size, both in logarithms. */
public final class ScalingPicture {
  private static final int WIDTH = 700;
  private static final int HEIGHT = 480;
  private static final int COLUMNS = 2;
  private static final int TICK = 5;

  /** Told apart also by those who see no red or no green (Okabe and Ito 2008). */
  private static final List<Color> COLOURS =
      List.of(new Color(0x0072b2), new Color(0xd55e00), new Color(0x009e73));

  private ScalingPicture() {}

  /**
   * Draws what was measured, as lines with points, and the floors, as broken lines.
   *
   * @param png overwritten
   */
  public static void draw(Path png, ScalingTable table) throws IOException {
    Curve.Axis[] axes = Curve.Axis.values();
    int rows = Math.ceilDiv(axes.length, COLUMNS);
    var picture = new BufferedImage(COLUMNS * WIDTH, rows * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    for (int i = 0; i < axes.length; i++) {
      List<Measured> points = table.on(axes[i]);
      XYChart chart = chart(axes[i], points);
      BufferedImage image = BitmapEncoder.getBufferedImage(chart);
      sizes(image, chart, points);
      graphics.drawImage(image, i % COLUMNS * WIDTH, i / COLUMNS * HEIGHT, null);
    }
    graphics.dispose();
    try (var out = Files.newOutputStream(png)) {
      ImageIO.write(picture, "png", out);
    }
  }

  private static XYChart chart(Curve.Axis axis, List<Measured> points) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .theme(ChartTheme.Matlab)
            .xAxisTitle(axis.label())
            .yAxisTitle(axis.unit() + " (broken: its floor)")
            .build();
    XYStyler styler = chart.getStyler();
    styler.setYAxisLogarithmic(true);
    styler.setXAxisLogarithmic(true);
    styler.setXAxisTickLabelsColor(Color.WHITE); // they leave room for those of sizes()
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setPlotTicksMarksVisible(false);
    styler.setAxisTicksMarksVisible(false);
    styler.setYAxisDecimalPattern("0.###");
    styler.setYAxisMin(
        decade(points.stream().mapToDouble(ScalingPicture::lowest).min(), Math::floor));
    styler.setYAxisMax(
        decade(points.stream().mapToDouble(ScalingPicture::highest).max(), Math::ceil));
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setPlotGridLinesColor(new Color(0xe4e4e4));
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLocale(Locale.ROOT);
    var curves = new LinkedHashMap<String, Color>();
    for (Measured point : points) {
      curves.computeIfAbsent(
          point.curve().name(), _ -> COLOURS.get(curves.size() % COLOURS.size()));
    }
    curves.forEach(
        (name, colour) -> {
          List<Measured> on =
              points.stream().filter(point -> point.curve().name().equals(name)).toList();
          add(chart, name, on, point -> point.row().micros(), colour, SeriesMarkers.CIRCLE);
          add(chart, name + ": floor", on, point -> point.floor().micros(), colour, null);
        });
    return chart;
  }

  private static double lowest(Measured point) {
    return Math.min(point.row().micros(), point.floor().micros());
  }

  private static double highest(Measured point) {
    return Math.max(point.row().micros(), point.floor().micros());
  }

  /** The power of ten next to a value. */
  private static double decade(OptionalDouble value, DoubleUnaryOperator round) {
    return Math.pow(10, round.applyAsDouble(Math.log10(value.orElse(1))));
  }

  /** Every size below its points: the library names powers of ten and no others. */
  private static void sizes(BufferedImage image, XYChart chart, List<Measured> points) {
    XYStyler styler = chart.getStyler();
    double bottom = chart.getScreenYFromChart(styler.getYAxisMin());
    double high = bottom - chart.getScreenYFromChart(styler.getYAxisMax());
    double shown = styler.getPlotContentSize();
    int y = (int) Math.round(bottom + high * (1 - shown) / (2 * shown));
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.BLACK);
    graphics.setFont(styler.getAxisTickLabelsFont());
    FontMetrics font = graphics.getFontMetrics();
    for (int size : points.stream().mapToInt(point -> point.point().at()).distinct().toArray()) {
      int x = (int) Math.round(chart.getScreenXFromChart(size));
      String text = Integer.toString(size);
      graphics.drawLine(x, y, x, y + TICK);
      graphics.drawString(text, x - font.stringWidth(text) / 2, y + TICK + font.getAscent());
    }
    graphics.dispose();
  }

  /**
   * Draws one line.
   *
   * @param marker at each point; null: none, and the line is broken and not in the legend
   */
  private static void add(
      XYChart chart,
      String name,
      List<Measured> points,
      ToDoubleFunction<Measured> micros,
      Color colour,
      @Nullable Marker marker) {
    XYSeries series =
        chart.addSeries(
            name,
            points.stream().mapToDouble(point -> point.point().at()).toArray(),
            points.stream().mapToDouble(micros).toArray());
    series.setMarker(marker == null ? SeriesMarkers.NONE : marker);
    series.setShowInLegend(marker != null);
    series.setMarkerColor(colour);
    series.setLineColor(colour);
    float[] broken = marker == null ? new float[] {6, 4} : null;
    series.setLineStyle(
        new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, broken, 0));
  }
}
