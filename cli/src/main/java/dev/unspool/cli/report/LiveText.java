// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

/**
 * A text that is printed while it is written: a reader sees it grow, and a reader that has gone is
 * noticed soon.
 */
final class LiveText implements Appendable {
  private static final long FLUSH_NANOS = 50_000_000;

  private final Console console;
  private long flushed = System.nanoTime() - FLUSH_NANOS;

  LiveText(Console console) {
    this.console = console;
  }

  @Override
  public Appendable append(CharSequence text) {
    console.out().print(console.data(text.toString()));
    if (System.nanoTime() - flushed >= FLUSH_NANOS) {
      console.out().flush();
      flushed = System.nanoTime();
    }
    return this;
  }

  @Override
  public Appendable append(CharSequence text, int start, int end) {
    return append(text.subSequence(start, end));
  }

  @Override
  public Appendable append(char c) {
    return append(String.valueOf(c));
  }
}
