// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import dev.unspool.predict.TimeAxis;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.series.Series;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The pictures of a run folder. Loaded only when one is drawn: AWT is slow to start. */
public final class Charts {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 500;
  static final Color GREY = new Color(0x9a9a9a);
  static final Color BLUE = new Color(0x1f77b4);
  static final Color ORANGE = new Color(0xd95f02);
  private static final Color PALE = new Color(0xfbdcc0);

  /** Told apart also by those who see no red or no green (Okabe and Ito 2008). */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x0072b2),
          new Color(0xe69f00),
          new Color(0x009e73),
          new Color(0xcc79a7),
          new Color(0x56b4e9),
          new Color(0xd55e00),
          new Color(0x000000));

  private Charts() {}

  /**
   * Draws training and validation loss against steps.
   *
   * @param png overwritten; not written if there is nothing to draw
   * @param log of the training, of any length
   * @param unit of the losses, e.g. {@code nats per token}
   */
  public static void loss(Path png, MetricsLog log, String unit) throws IOException {
    var training = new ThinnedCurve();
    var validation = new ThinnedCurve();
    log.read(
        report -> {
          add(training, report.step(), report.loss());
          add(validation, report.step(), report.validation());
        });
    XYChart chart = chart("Loss", "step", unit);
    add(chart, "training", training.x(), training.y(), BLUE);
    add(chart, "validation", validation.x(), validation.y(), ORANGE);
    save(png, chart);
  }

  /**
   * The losses of one run.
   *
   * @param name for the legend
   * @param log of its training
   */
  public record Losses(String name, MetricsLog log) {}

  /**
   * Draws the validation losses of several runs against steps; of a run that has none, the training
   * losses.
   *
   * @param png overwritten; not written if there is nothing to draw
   */
  public static void losses(Path png, List<Losses> runs) throws IOException {
    XYChart chart = chart("Loss", "step", "validation loss");
    int colour = 0;
    for (Losses run : runs) {
      var training = new ThinnedCurve();
      var validation = new ThinnedCurve();
      run.log()
          .read(
              report -> {
                add(training, report.step(), report.loss());
                add(validation, report.step(), report.validation());
              });
      boolean validated = !validation.x().isEmpty();
      ThinnedCurve curve = validated ? validation : training;
      String name = validated ? run.name() : "%s, training loss".formatted(run.name());
      add(chart, name, curve.x(), curve.y(), COLOURS.get(colour++ % COLOURS.size()));
    }
    save(png, chart);
  }

  private static void add(ThinnedCurve curve, long step, @Nullable Double loss) {
    if (loss != null) {
      curve.add(step, loss);
    }
  }

  /**
   * Where a value is expected to lie.
   *
   * @param name for the legend
   * @param lower ends, one for each prediction; NaN where there is none
   * @param upper ends
   */
  public record Band(String name, List<Double> lower, List<Double> upper) {
    /** The band between two quantiles. */
    public static Band between(double lower, double upper) {
      String name = "%s to %s".formatted(Numbers.probability(lower), Numbers.probability(upper));
      return new Band(name, new ArrayList<>(), new ArrayList<>());
    }

    /** Goes on with one more prediction. */
    public void add(double from, double to) {
      lower.add(from);
      upper.add(to);
    }
  }

  /**
   * Draws a series against its predictions.
   *
   * @param png overwritten
   * @param title what is drawn
   * @param column name of the series
   * @param axis when rows are; null where nobody knows
   * @param truthRows rows of the truth
   * @param truth of the same length
   * @param rows rows of the predictions, ascending
   * @param predictions of the same length
   * @param band of the same length; null for none
   */
  public static void forecast(
      Path png,
      String title,
      String column,
      @Nullable TimeAxis axis,
      List<Long> truthRows,
      List<Double> truth,
      List<Long> rows,
      List<Double> predictions,
      @Nullable Band band)
      throws IOException {
    XYChart chart = chart(title, axis == null ? "row" : span(axis, truthRows, rows), column);
    if (band != null) {
      add(chart, rows, band, axis);
    }
    add(chart, "truth", truthRows, truth, GREY, axis);
    add(chart, "prediction", rows, predictions, ORANGE, axis);
    save(png, chart);
  }

  /** Adds what lies between two lines: along the upper one and back along the lower one. */
  private static void add(XYChart chart, List<Long> rows, Band band, @Nullable TimeAxis axis) {
    int count = rows.size();
    var around = new ArrayList<Long>();
    var values = new ArrayList<Double>();
    for (int i = 0; i < 2 * count; i++) {
      int at = i < count ? i : 2 * count - 1 - i;
      double end = (i < count ? band.upper() : band.lower()).get(at);
      if (!Double.isNaN(end)) {
        around.add(rows.get(at));
        values.add(end);
      }
    }
    XYSeries series = add(chart, band.name(), around, values, PALE, axis);
    if (series != null) {
      series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
      series.setFillColor(PALE);
      series.setMarker(SeriesMarkers.NONE);
    }
  }

  /** From when to when: the labels of the axis leave out what is the same in all. */
  static String span(TimeAxis axis, List<Long> some, List<Long> others) {
    var rows = new ArrayList<>(some);
    rows.addAll(others);
    return "%s to %s"
        .formatted(axis.label(Collections.min(rows)), axis.label(Collections.max(rows)));
  }

  /** An empty chart in the style of all. */
  static XYChart chart(String title, String x, String y) {
    System.setProperty("java.awt.headless", "true");
    ImageIO.setUseCache(false);
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .theme(ChartTheme.Matlab)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(LegendLayout.Horizontal);
    chart.getStyler().setLocale(Locale.ROOT);
    chart.getStyler().setXAxisDecimalPattern("#,###");
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotGridLinesColor(new Color(0xe6e6e6));
    return chart;
  }

  /** Adds a line; null if it has no points. */
  static @Nullable XYSeries add(
      XYChart chart, String name, List<Long> x, List<Double> y, Color color) {
    return add(chart, name, x, y, color, null);
  }

  /** The same with dates on the axis; missing numbers are left out. */
  static @Nullable XYSeries add(
      XYChart chart,
      String name,
      List<Long> rows,
      List<Double> values,
      Color color,
      @Nullable TimeAxis axis) {
    var x = new ArrayList<Object>();
    var y = new ArrayList<Double>();
    for (int i = 0; i < rows.size(); i++) {
      if (!Double.isNaN(values.get(i))) {
        x.add(axis == null ? rows.get(i) : Date.from(axis.at(rows.get(i))));
        y.add(values.get(i));
      }
    }
    if (x.isEmpty()) {
      return null;
    }
    if (axis != null) {
      chart.getStyler().setTimezone(TimeZone.getTimeZone(axis.zone()));
    }
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(x.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    series.setMarkerColor(color);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(1.4f));
    return series;
  }

  /**
   * Where an axis of rows begins, so that its labels are round: at the largest multiple, not above
   * the first row, of a step of 1, 2 or 5 times a power of ten that divides the axis into about
   * ten.
   */
  static double roundStart(double first, double last) {
    double rough = Math.max(1, (last - first) / 10);
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = rough >= 5 * power ? 5 * power : rough >= 2 * power ? 2 * power : power;
    return Math.floor(first / step) * step;
  }

  private static void beginAtRoundNumber(XYChart chart) {
    double first = Double.POSITIVE_INFINITY;
    double last = Double.NEGATIVE_INFINITY;
    for (XYSeries series : chart.getSeriesCollection()) {
      if (series.getxAxisDataType() == Series.DataType.Date) {
        return;
      }
      first = Math.min(first, series.getXMin());
      last = Math.max(last, series.getXMax());
    }
    if (chart.getStyler().getXAxisMin() == null && first < last) {
      chart.getStyler().setXAxisMin(roundStart(first, last)).setXAxisMax(last);
      // Where points are evenly spaced, the library labels some of them, however odd their numbers
      // are. A point in between, which is not drawn, makes it choose round numbers.
      double y = chart.getSeriesCollection().iterator().next().getYData()[0];
      XYSeries between =
          chart.addSeries(
              "between", new double[] {0.7 * first + 0.3 * last + 0.11}, new double[] {y});
      between.setMarker(SeriesMarkers.NONE);
      between.setShowInLegend(false);
    }
  }

  /** Writes charts into one picture, one below the other; nothing if they are empty. */
  static void save(Path png, XYChart... charts) throws IOException {
    var drawn = new ArrayList<BufferedImage>();
    for (XYChart chart : charts) {
      if (!chart.getSeriesCollection().isEmpty()) {
        beginAtRoundNumber(chart);
        drawn.add(BitmapEncoder.getBufferedImage(chart));
      }
    }
    if (drawn.isEmpty()) {
      return;
    }
    var picture = new BufferedImage(WIDTH, drawn.size() * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    for (int i = 0; i < drawn.size(); i++) {
      graphics.drawImage(drawn.get(i), 0, i * HEIGHT, null);
    }
    graphics.dispose();
    // In memory first: of a file that cannot be written, the encoder says only that it could not.
    var encoded = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", encoded);
    Path temporary = png.resolveSibling(png.getFileName() + ".tmp");
    try {
      Files.write(temporary, encoded.toByteArray());
      Files.move(
          temporary, png, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      var failed = new FileSystemException(png.toString(), null, Reason.ofWriting(e));
      failed.initCause(e);
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException left) {
        failed.addSuppressed(left);
      }
      throw failed;
    }
  }
}
