// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;
import java.util.regex.Pattern;

/** How numbers are written in files and streams, and what programs write where there is none. */
public final class NumberText {
  private static final int LONGEST_QUOTE = 40;

  /** Whole numbers of so many digits, and powers of ten up to 10^22, are float64 numbers. */
  private static final int EXACT_DIGITS = 15;

  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  /** Digits in groups of three, as people write them, and a decimal point. */
  private static final Pattern BEFORE_POINT =
      Pattern.compile("[+-]?\\d{1,3}([, '’\u00a0\u202f]\\d{3})+(\\.\\d+)?");

  /** The same with a decimal comma. */
  private static final Pattern BEFORE_COMMA =
      Pattern.compile("[+-]?\\d{1,3}([. '’\u00a0\u202f]\\d{3})+(,\\d+)?");

  private NumberText() {}

  /**
   * The number, infinite if a double cannot hold it, NaN if there is none.
   *
   * @param text without blanks around it
   * @param decimal what stands before the decimals, a point or a comma
   */
  public static double parse(String text, char decimal) {
    if (text.isEmpty() || (decimal != '.' && text.indexOf('.') >= 0)) {
      return Double.NaN;
    }
    // Java also reads 1f, 1d, 0x1p3 and NaN, which in data are more likely to be labels.
    char last = text.charAt(text.length() - 1);
    if ((last != decimal && (last < '0' || last > '9'))
        || text.indexOf('x') >= 0
        || text.indexOf('X') >= 0) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(decimal == '.' ? text : text.replace(decimal, '.'));
    } catch (NumberFormatException _) {
      return Double.NaN;
    }
  }

  /**
   * The same of bytes, to the same bits. A number of few digits, as measurements are, is read in
   * place: its digits as a whole number over a power of ten, both of which float64 holds, and a
   * quotient is rounded once.
   *
   * @param from where it begins, without blanks
   * @param to where it ends
   */
  public static double parse(byte[] text, int from, int to, char decimal) {
    int at = from;
    boolean negative = at < to && text[at] == '-';
    at += negative ? 1 : 0;
    long digits = 0;
    int count = 0;
    int decimals = -1;
    for (; at < to; at++) {
      byte c = text[at];
      if (c >= '0' && c <= '9') {
        digits = 10 * digits + c - '0';
        decimals += decimals >= 0 ? 1 : 0;
        if (++count > EXACT_DIGITS) {
          break;
        }
      } else if (c == decimal && decimals < 0) {
        decimals = 0;
      } else {
        break;
      }
    }
    if (at < to || count == 0) {
      return parse(new String(text, from, to - from, ISO_8859_1), decimal);
    }
    double value = decimals > 0 ? digits / POWERS[decimals] : digits;
    return negative ? -value : value;
  }

  /** Whether a text, without blanks around it, is what programs write where there is no number. */
  public static boolean isMissing(String text) {
    if (text.length() > 4) {
      return false;
    }
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "", "-", "--", "?", "na", "n/a", "#n/a", "nan", "null", "none", "nil" -> true;
      default -> false;
    };
  }

  /**
   * Why a text is no number that can be used.
   *
   * @param column where it stands
   * @param value what {@link #parse(String, char)} made of it: NaN or infinite
   */
  public static String problem(String column, String text, double value, char decimal) {
    if (text.isEmpty()) {
      return "column '%s' is empty, expected a number".formatted(column);
    }
    String found = "column '%s' is '%s'".formatted(column, shown(text));
    if (Double.isInfinite(value)) {
      return found + ", beyond what float64 holds (1.8e308)";
    }
    char other = decimal == '.' ? ',' : '.';
    Pattern thousands = decimal == '.' ? BEFORE_POINT : BEFORE_COMMA;
    Pattern others = decimal == '.' ? BEFORE_COMMA : BEFORE_POINT;
    if (!Double.isNaN(parse(text, other))) {
      return otherDecimal(found, decimal, other)
          + (thousands.matcher(text).matches()
              ? ", or if it separates thousands, leave it out"
              : "");
    }
    if (thousands.matcher(text).matches()) {
      return found + ", expected a number; leave out the thousands separators";
    }
    return others.matcher(text).matches() && text.indexOf(other) >= 0
        ? otherDecimal(found, decimal, other) + " and leave out the thousands separators"
        : found + ", expected a number";
  }

  private static String otherDecimal(String found, char decimal, char other) {
    return "%s, expected a number with a decimal %s; for a decimal %s use --decimal %s"
        .formatted(found, name(decimal), name(other), other);
  }

  /** A text for a message: of a long one the beginning, on one line. */
  public static String shown(String text) {
    String some = text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text;
    return some.replaceAll("\\p{Cntrl}", " ");
  }

  private static String name(char decimal) {
    return decimal == '.' ? "point" : "comma";
  }
}
