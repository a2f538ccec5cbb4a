// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.awt.AWTError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;

/**
 * A picture beside figures. A machine without fonts cannot draw it, a full disk not hold it. Where
 * nobody asked for it, the figures matter more, and either is said and no reason to fail; {@code
 * --plot} asks for it.
 */
@FunctionalInterface
public interface Picture {

  /** Draws and writes it. */
  void draw() throws IOException;

  /**
   * Draws a picture if that is possible, else says in one line which one is missing and why.
   *
   * @param png where it is to be
   * @throws CancellationException if somebody asked for the end meanwhile
   */
  static void attempt(Console console, Path png, Picture picture) {
    try {
      picture.draw();
    } catch (CancellationException e) {
      throw e;
    } catch (IOException e) {
      console.warn(unwritten(png, e));
    } catch (LinkageError | AWTError | InternalError | RuntimeException e) {
      console.warn("could not draw the picture %s: %s".formatted(png, e));
    }
  }

  private static String unwritten(Path png, IOException e) {
    return "could not write the picture %s: %s".formatted(png, Reason.of(e));
  }

  /**
   * Draws a picture that somebody asked for.
   *
   * @param png where it is to be
   * @throws IOException with one line, if that is not possible
   */
  static void ask(Path png, Picture picture) throws IOException {
    try {
      picture.draw();
    } catch (IOException e) {
      throw new IOException(unwritten(png, e), e);
    } catch (LinkageError | AWTError | InternalError e) {
      throw new IOException("could not draw the picture %s: %s".formatted(png, e), e);
    }
  }
}
