// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.scaling;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A chart for each axis, time and its floor over the size, both in logarithms. */
public final class ScalingPicture {
  private static final int WIDTH = 700;
  private static final int HEIGHT = 480;
  private static final int COLUMNS = 2;

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
      graphics.drawImage(
          BitmapEncoder.getBufferedImage(chart(axes[i], table.on(axes[i]))),
          i % COLUMNS * WIDTH,
          i / COLUMNS * HEIGHT,
          null);
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
            .yAxisTitle(axis.unit())
            .build();
    XYStyler styler = chart.getStyler();
    styler.setXAxisLogarithmic(true);
    styler.setYAxisLogarithmic(true);
    styler.setLegendPosition(LegendPosition.InsideNW);
    styler.setPlotGridLinesColor(new Color(0xe6e6e6));
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
          add(
              chart,
              name + ": floor",
              on,
              point -> point.floor().micros(),
              colour,
              SeriesMarkers.NONE);
        });
    return chart;
  }

  private static void add(
      XYChart chart,
      String name,
      List<Measured> points,
      ToDoubleFunction<Measured> micros,
      Color colour,
      Marker marker) {
    float[] broken = marker == SeriesMarkers.NONE ? new float[] {6, 4} : null;
    XYSeries series =
        chart.addSeries(
            name,
            points.stream().mapToDouble(point -> point.point().at()).toArray(),
            points.stream().mapToDouble(micros).toArray());
    series.setMarker(marker);
    series.setMarkerColor(colour);
    series.setLineColor(colour);
    series.setLineStyle(
        new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, broken, 0));
  }
}
