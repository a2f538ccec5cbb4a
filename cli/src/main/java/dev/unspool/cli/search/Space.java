// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.search;

import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.UsageException;
import dev.unspool.model.SplitMix64;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Settings that are tried: {@code k2=24,168 hidden=32..128 lr=1e-3..1e-2}.
 *
 * @param dimensions one for each option, by different names
 */
public record Space(List<Dimension> dimensions) {
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern RANGE = Pattern.compile("(.+)\\.\\.(.+)");
  private static final int DIGITS = 3;

  /** So often a configuration is drawn again that was drawn before. */
  private static final int DRAWS = 100;

  /** What values an option takes. */
  public enum Kind {
    /** Words, which can only be listed. */
    WORDS,
    /** Whole numbers. */
    WHOLE,
    /** Numbers. */
    REAL
  }

  /** What is tried of one option. */
  public sealed interface Dimension {
    /** The option's long name, with its dashes. */
    String option();

    /** Values that stand for all: those of a list, the ends of a range. */
    List<String> corners();

    /** One of its values. */
    String draw(RandomGenerator random);
  }

  /** Values that are named. */
  private record Listed(String option, List<String> values) implements Dimension {
    @Override
    public List<String> corners() {
      return values;
    }

    @Override
    public String draw(RandomGenerator random) {
      return values.get(random.nextInt(values.size()));
    }
  }

  /** Numbers between two ends; where both are above zero, their logarithms are uniform. */
  private record Range(String option, double low, double high, boolean whole) implements Dimension {
    @Override
    public List<String> corners() {
      return List.of(text(low), text(high));
    }

    @Override
    public String draw(RandomGenerator random) {
      double u = random.nextDouble();
      double value = low > 0 ? low * Math.pow(high / low, u) : low + u * (high - low);
      return text(value);
    }

    private String text(double value) {
      if (whole) {
        return Long.toString(Math.round(value));
      }
      double rounded = Numbers.rounded(value, DIGITS);
      return new BigDecimal(Double.toString(Math.clamp(rounded, low, high)))
          .stripTrailingZeros()
          .toPlainString();
    }
  }

  /**
   * Reads what is to be tried.
   *
   * @param text name=values, separated by blanks; values by commas, or by bars if commas stand in
   *     them; or a range of numbers, low..high
   * @param kinds of the values of an option; it refuses those that cannot be tried
   */
  public static Space parse(String text, Function<String, Kind> kinds) {
    var dimensions = new ArrayList<Dimension>();
    var names = new LinkedHashSet<String>();
    for (String word : BLANKS.split(text.strip())) {
      int equals = word.indexOf('=');
      if (equals < 1 || equals == word.length() - 1) {
        throw new UsageException(
            "--try takes name=values, such as k2=24,168 or lr=1e-3..1e-2, separated by blanks, found '%s'"
                .formatted(word));
      }
      String name = word.substring(0, equals);
      String option = name.startsWith("--") ? name : "--" + name;
      if (!names.add(option)) {
        throw new UsageException("--try names %s twice".formatted(option));
      }
      dimensions.add(dimension(option, word.substring(equals + 1), kinds.apply(option)));
    }
    return new Space(List.copyOf(dimensions));
  }

  private static Dimension dimension(String option, String values, Kind kind) {
    var range = RANGE.matcher(values);
    if (kind != Kind.WORDS && range.matches()) {
      return range(option, range.group(1), range.group(2), kind == Kind.WHOLE);
    }
    UsageException.require(
        kind == Kind.WORDS || !values.contains(".."),
        "--try %s=%s: a range of numbers has two ends, as in lr=1e-3..1e-2"
            .formatted(option, values));
    String[] each = values.split(values.contains("|") ? "\\|" : ",", -1);
    for (String value : each) {
      UsageException.require(
          !value.isEmpty(), "--try %s=%s names a value that is empty".formatted(option, values));
    }
    List<String> listed = List.of(each);
    if (new LinkedHashSet<>(listed).size() < listed.size()) {
      throw new UsageException("--try %s=%s names a value twice".formatted(option, values));
    }
    return new Listed(option, listed);
  }

  private static Range range(String option, String from, String to, boolean whole) {
    double low = number(option, from, whole);
    double high = number(option, to, whole);
    UsageException.require(
        low < high, "--try %s=%s..%s: the range must go upwards".formatted(option, from, to));
    return new Range(option, low, high, whole);
  }

  private static double number(String option, String word, boolean whole) {
    try {
      double value = whole ? Long.parseLong(word) : Double.parseDouble(word);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new UsageException(
        "--try %s: '%s' is not a %s"
            .formatted(option, word, whole ? "whole number" : "finite number"));
  }

  /**
   * The configurations of so many trials: all combinations, if every value is named and there are
   * not more; else some that are drawn, no two alike where there are as many.
   *
   * @return values by option
   */
  public List<Map<String, String>> trials(int count, long seed) {
    return isGrid(count) ? grid() : drawn(count, seed);
  }

  /** Whether so many trials are all combinations. */
  public boolean isGrid(int count) {
    long combinations = 1;
    for (Dimension dimension : dimensions) {
      if (!(dimension instanceof Listed listed)) {
        return false;
      }
      combinations *= listed.values.size();
      if (combinations > count) {
        return false;
      }
    }
    return true;
  }

  private List<Map<String, String>> grid() {
    List<Map<String, String>> all = List.of(Map.of());
    for (Dimension dimension : dimensions) {
      var longer = new ArrayList<Map<String, String>>();
      for (Map<String, String> begun : all) {
        for (String value : dimension.corners()) {
          var next = new LinkedHashMap<>(begun);
          next.put(dimension.option(), value);
          longer.add(next);
        }
      }
      all = longer;
    }
    return all;
  }

  private List<Map<String, String>> drawn(int count, long seed) {
    var random = new SplitMix64(seed);
    var drawn = new LinkedHashSet<Map<String, String>>();
    for (int draws = 0; drawn.size() < count && draws < (long) DRAWS * count; draws++) {
      var trial = new LinkedHashMap<String, String>();
      dimensions.forEach(dimension -> trial.put(dimension.option(), dimension.draw(random)));
      drawn.add(trial);
    }
    return List.copyOf(drawn);
  }
}
