// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PictureTest {
  @TempDir Path folder;
  private final StringWriter said = new StringWriter();
  private final Console console =
      new Console(
          new PrintWriter(new StringWriter()), new PrintWriter(said, true), true, false, 80);

  private static Picture simulation(Path png) {
    return () ->
        FitCharts.simulation(png, "t", "y", null, List.of(0L, 1L), List.of(), List.of(1.0, 2.0));
  }

  @Test
  void whatCanBeDrawnIsDrawn() throws Exception {
    Path png = folder.resolve("x.png");
    Picture.attempt(console, png, simulation(png));
    assertTrue(Files.size(png) > 1000);
    assertEquals("", said.toString());
  }

  @Test
  void whatCannotBeWrittenIsSaidByItsOwnNameWithTheReason() {
    Path png = folder.resolve("nowhere").resolve("x.png");
    Picture.attempt(console, png, simulation(png));
    assertEquals(
        "unspool: could not write the picture %s: its folder does not exist".formatted(png),
        said.toString().strip());
  }

  @Test
  void aFileThatCannotBeMadeIsNotSaidToBeMissing() {
    String file = folder.resolve("x.png").toString();
    assertEquals("no file can be made there", Reason.ofWriting(new NoSuchFileException(file)));
    assertEquals("there is no such file", Reason.of(new NoSuchFileException(file)));
  }

  @Test
  void whatHappensInTheLibraryOfPicturesLosesNothing() {
    Path png = folder.resolve("x.png");
    Picture.attempt(
        console,
        png,
        () -> {
          throw new InternalError("no fonts");
        });
    assertTrue(said.toString().contains("could not draw the picture " + png), said::toString);
    assertFalse(Files.exists(png));
  }

  @Test
  void somebodyWhoWantsTheEndGetsIt() {
    assertThrows(
        CancellationException.class,
        () ->
            Picture.attempt(
                console,
                folder.resolve("x.png"),
                () -> {
                  throw new CancellationException("stopped");
                }));
  }
}
