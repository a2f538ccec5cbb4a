// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The time of a row as numbers between −1 and 1 that come again: sines and cosines of its place in
 * the hour, the day, the week and the year, each with a few harmonics, so that a model that is only
 * linear can also say "weekend".
 *
 * @param parts all different, at least one
 */
public record Calendar(List<Part> parts) {
  private static final long SECOND_MS = 1000;
  private static final long MINUTE_MS = 60 * SECOND_MS;
  private static final long HOUR_MS = 60 * MINUTE_MS;
  private static final long DAY_MS = 24 * HOUR_MS;

  /** What comes again. */
  public enum Part {
    /** The place in the hour. */
    MINUTE(2, HOUR_MS / SECOND_MS) {
      @Override
      double place(long local) {
        return (double) Math.floorMod(local, HOUR_MS) / SECOND_MS;
      }
    },
    /** The place in the day. */
    HOUR(3, DAY_MS / MINUTE_MS) {
      @Override
      double place(long local) {
        return (double) Math.floorMod(local, DAY_MS) / MINUTE_MS;
      }
    },
    /** The day of the week; with three harmonics, each day may have any value. */
    WEEKDAY(3, 7) {
      @Override
      double place(long local) {
        return Math.floorMod(Math.floorDiv(local, DAY_MS) + 3, 7); // 1970-01-01 was a Thursday
      }
    },
    /** The month of the year. */
    MONTH(2, 12) {
      @Override
      double place(long local) {
        return date(local).getMonthValue() - 1;
      }
    },
    /** The day of the year, of 365.25. */
    YEARDAY(3, 1461) {
      @Override
      double place(long local) {
        return 4.0 * (date(local).getDayOfYear() - 1);
      }
    };

    private final int harmonics;
    private final int places;
    private final double[] waves;

    Part(int harmonics, long places) {
      this.harmonics = harmonics;
      this.places = (int) places;
      this.waves = new double[this.places * 2 * harmonics];
      for (int place = 0; place < places; place++) {
        waves(place, waves, place * 2 * harmonics);
      }
    }

    /** How many sines there are, and as many cosines. */
    public int harmonics() {
      return harmonics;
    }

    /** What it is called: {@code weekday}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Where in its course a time is, from 0 to below the number of places. */
    abstract double place(long local);

    private static LocalDate date(long local) {
      return LocalDate.ofEpochDay(Math.floorDiv(local, DAY_MS));
    }

    /** Sine and cosine of each harmonic. */
    private void waves(double place, double[] into, int at) {
      for (int k = 1; k <= harmonics; k++) {
        // The same numbers on every machine.
        double angle = 2 * StrictMath.PI * k * place / places;
        into[at + 2 * k - 2] = StrictMath.sin(angle);
        into[at + 2 * k - 1] = StrictMath.cos(angle);
      }
    }

    private void write(long local, double[] into, int at) {
      double place = place(local);
      int whole = (int) place;
      if (whole == place) {
        System.arraycopy(waves, whole * 2 * harmonics, into, at, 2 * harmonics);
      } else {
        waves(place, into, at);
      }
    }
  }

  /** Checks the parts. */
  public Calendar {
    parts = List.copyOf(parts);
    if (parts.isEmpty() || parts.stream().distinct().count() < parts.size()) {
      throw new IllegalArgumentException(
          "a calendar needs parts, each once, found %s".formatted(parts));
    }
  }

  /** How many numbers there are: two for each harmonic. */
  public int count() {
    return parts.stream().mapToInt(part -> 2 * part.harmonics()).sum();
  }

  /** What each number is called: {@code hour sin 1}. */
  public List<String> names() {
    var names = new ArrayList<String>();
    for (Part part : parts) {
      for (int k = 1; k <= part.harmonics(); k++) {
        names.add("%s sin %s".formatted(part.label(), k));
        names.add("%s cos %s".formatted(part.label(), k));
      }
    }
    return names;
  }

  /**
   * Writes the numbers of a time.
   *
   * @param local what the clock shows, as {@link TimeAxis#local}
   * @param into written from {@code at} on
   */
  public void write(long local, double[] into, int at) {
    int next = at;
    for (Part part : parts) {
      part.write(local, into, next);
      next += 2 * part.harmonics();
    }
  }
}
