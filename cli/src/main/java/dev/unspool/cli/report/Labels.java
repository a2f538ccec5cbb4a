// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How constants are written on the command line and in files: {@code as-applied}. */
public final class Labels {
  private Labels() {}

  /** The label of a constant. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The labels of all constants. */
  public static <E extends Enum<E>> List<String> all(Class<E> type) {
    return Arrays.stream(type.getEnumConstants()).map(Labels::of).toList();
  }

  /**
   * The constant of that label.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public static <E extends Enum<E>> E parse(Class<E> type, String label) {
    for (E constant : type.getEnumConstants()) {
      if (of(constant).equalsIgnoreCase(label)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "'%s' is none of %s".formatted(label, String.join(", ", all(type))));
  }
}
