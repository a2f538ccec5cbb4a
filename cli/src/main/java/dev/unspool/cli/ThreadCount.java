// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.model.TapeOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of threads: a number, or {@code auto}. */
final class ThreadCount implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    if (text.equals("auto")) {
      return TapeOptions.AUTOMATIC_THREADS;
    }
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'%s' is no number of threads, nor auto".formatted(text));
    }
  }
}
