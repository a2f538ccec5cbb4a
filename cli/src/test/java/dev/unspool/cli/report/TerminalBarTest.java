// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class TerminalBarTest {
  private static final Report REPORT = new Report(7, 70, 1, 0.5, null, null, 0.001, 1e3, 4.0);

  private final StringWriter screen = new StringWriter();
  private final AtomicInteger columns = new AtomicInteger(80);
  private final TerminalBar bar = new TerminalBar(new PrintWriter(screen), columns::get);

  @Test
  void isAsWideAsTheTerminalIsNow() {
    bar.show(REPORT, 0.5, 0.25);
    String wide = drawn();
    columns.set(50);
    bar.show(REPORT, 0.5, 0.25);
    String narrow = drawn();
    assertTrue(wide.length() > 50 && wide.length() < 80, wide);
    assertTrue(narrow.length() < 50, narrow);
    assertTrue(narrow.contains("50 %") && narrow.contains("loss 0.5  validation 0.25"), narrow);
  }

  @Test
  void neverWraps() {
    for (int width = 1; width < 120; width++) {
      for (double done : new double[] {Double.NaN, 0, 0.333, 1}) {
        String line = TerminalBar.line(width, done, "1 h 02 min", "loss 1.234e-12", "");
        assertTrue(line.length() <= width, line);
      }
    }
    assertEquals("Training  33 %  5 s", TerminalBar.line(22, 0.333, "5 s", "loss 0.1"));
    assertEquals("Training  33 %", TerminalBar.line(15, 0.333, "5 s", "loss 0.1"));
    assertEquals("Training  5 s", TerminalBar.line(80, Double.NaN, "5 s", "", ""));
  }

  @Test
  void aTrainingThatIsCompleteIsLeftAtTheEnd() {
    bar.show(REPORT, 0.4, Double.NaN);
    bar.complete();
    bar.close();
    assertTrue(drawn().contains("100 %"), drawn());
    assertTrue(screen.toString().endsWith(System.lineSeparator()), screen.toString());
  }

  @Test
  void aTrainingThatWasStoppedIsLeftWhereItWasOnOneLine() {
    bar.show(REPORT, 0.4, Double.NaN);
    bar.close();
    assertTrue(drawn().contains("40 %"), drawn());
    assertFalse(screen.toString().strip().contains("\n"), screen.toString());
  }

  /** What was drawn last. */
  private String drawn() {
    String all = screen.toString().strip();
    return all.substring(all.lastIndexOf('\r') + 1).replace("\u001b[K", "");
  }
}
