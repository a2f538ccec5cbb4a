// SPDX-License-Identifier: Apache-2.0
package tasks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Series whose structure is known, to see what a forecast finds of it. The same numbers every time.
 *
 * <p>{@code ./unspool run examples/tasks/MadeSeries.java load load.csv}
 */
public final class MadeSeries {
  private MadeSeries() {}

  /** Writes one of the series into a file. */
  public static void main(String[] args) throws IOException {
    if (args.length != 2 || !List.of("load", "sensor", "sales").contains(args[0])) {
      System.err.println(
          "usage: ./unspool run examples/tasks/MadeSeries.java load|sensor|sales FILE.csv");
      System.exit(2);
    }
    write(args[0], Path.of(args[1]));
  }

  static void write(String kind, Path csv) throws IOException {
    try (var out = new PrintWriter(Files.newBufferedWriter(csv, StandardCharsets.UTF_8))) {
      switch (kind) {
        case "load" -> load(out);
        case "sensor" -> sensor(out);
        default -> sales(out);
      }
    }
  }

  /**
   * A year of hourly load in MW: a pattern of the day that is lower and later at weekends, heating
   * below 15 °C and cooling above 22 °C, a slow drift of its own, noise of 0.6 MW, and an outlier
   * in every 400th hour. The weather is a wave of the year and of the day, and what wanders.
   */
  private static void load(PrintWriter out) {
    var random = new Random(1);
    out.println("time,temperature,load");
    double weather = 0;
    double drift = 0;
    var begin = LocalDateTime.of(2023, 1, 2, 0, 0); // a Monday
    for (int t = 0; t < 365 * 24; t++) {
      int hour = t % 24;
      boolean weekend = t / 24 % 7 >= 5;
      weather = 0.98 * weather + 0.8 * random.nextGaussian();
      drift = 0.97 * drift + 0.25 * random.nextGaussian();
      double year = Math.cos(2 * Math.PI * (t / 24.0 - 200) / 365);
      double temperature =
          11 + 10 * year + 4 * Math.cos(2 * Math.PI * (hour - 15) / 24.0) + weather;
      double late = weekend ? 2 : 0;
      double day =
          6 * bump(hour, 8 + late, 2.5) + 9 * bump(hour, 19, 3) + 7 * bump(hour, 13 + late, 4);
      double demand =
          (weekend ? 28 + 0.7 * day : 34 + day)
              + 0.45 * Math.max(0, 15 - temperature)
              + 0.8 * Math.max(0, temperature - 22);
      double outlier = random.nextInt(400) == 0 ? 6 * random.nextGaussian() : 0;
      double load = demand + drift + 0.6 * random.nextGaussian() + outlier;
      out.println(line(begin.plusHours(t).toString(), "%.1f,%.2f", temperature, load));
    }
  }

  private static double bump(double hour, double centre, double width) {
    double away = Math.abs(hour - centre);
    away = Math.min(away, 24 - away);
    return Math.exp(-away * away / (2 * width * width));
  }

  /**
   * Three months of a machine of a fleet, every ten minutes: it runs in shifts at a speed that
   * operators change, and its bearing warms and cools towards what the speed asks for, with a time
   * constant of two hours. A gateway that is off for hours leaves rows out; one reading in fifty is
   * empty.
   */
  private static void sensor(PrintWriter out) {
    var random = new Random(2);
    out.println("time,speed,temperature");
    double speed = 0;
    double temperature = 20;
    int off = 0;
    var begin = LocalDateTime.of(2024, 4, 1, 0, 0); // a Monday
    for (int t = 0; t < 91 * 144; t++) {
      int day = t / 144 % 7;
      double hour = t % 144 / 6.0;
      boolean shift = day < 5 ? hour >= 6 && hour < 22 : day == 5 && hour >= 6 && hour < 14;
      if (!shift) {
        speed = 0;
      } else if (speed == 0 || random.nextInt(18) == 0) {
        speed = 600 + 150 * random.nextInt(7);
      }
      double room = 20 + 3 * Math.sin(2 * Math.PI * (hour - 9) / 24);
      double towards = room + 0.035 * speed;
      temperature += (towards - temperature) / 12 + 0.15 * random.nextGaussian();
      if (off > 0) {
        off--;
      } else if (random.nextInt(700) == 0) {
        off = 6 + random.nextInt(60);
      }
      if (off == 0) {
        String time = begin.plusMinutes(10L * t).toString();
        String reading = random.nextInt(50) == 0 ? "" : number("%.2f", temperature);
        out.println("%s,%s,%s".formatted(time, number("%.0f", speed), reading));
      }
    }
  }

  /**
   * Four years of the daily sales of one article that is not sold on most days: more on Saturdays,
   * before Christmas, and threefold on days of a promotion, which are planned.
   */
  private static void sales(PrintWriter out) {
    var random = new Random(3);
    out.println("date,promotion,sold");
    int left = 0;
    var begin = LocalDateTime.of(2020, 1, 6, 0, 0); // a Monday
    for (int t = 0; t < 4 * 365; t++) {
      if (left > 0) {
        left--;
      } else if (random.nextInt(35) == 0) {
        left = 6;
      }
      boolean promoted = left > 0;
      double[] weekday = {0.7, 0.7, 0.8, 1.0, 1.4, 2.0, 0.2};
      int dayOfYear = begin.plusDays(t).getDayOfYear();
      double season = 1 + 1.2 * Math.exp(-Math.pow((dayOfYear - 350) / 12.0, 2));
      double rate = 0.5 * weekday[t % 7] * season * (promoted ? 3 : 1);
      String date = begin.plusDays(t).toLocalDate().toString();
      out.println("%s,%s,%s".formatted(date, promoted ? 1 : 0, poisson(rate, random)));
    }
  }

  /** Knuth 1969, section 3.4.1. */
  private static int poisson(double rate, Random random) {
    double least = Math.exp(-rate);
    double product = random.nextDouble();
    int count = 0;
    while (product > least) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }

  private static String line(String time, String format, Object... numbers) {
    return time + "," + String.format(Locale.ROOT, format, numbers);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
