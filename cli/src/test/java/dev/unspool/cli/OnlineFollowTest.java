// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unspool.cli.run.Stop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are followed, and replaced by others; one that waits for more than comes fails. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class OnlineFollowTest {
  @TempDir Path folder;
  private Path file = Path.of("");
  private Path run = Path.of("");

  @BeforeEach
  void name() {
    file = folder.resolve("log.csv");
    run = folder.resolve("run");
  }

  /** What happens when so many answers were taken. */
  private interface Then {
    void happens() throws IOException;
  }

  /** Takes answers. */
  private static final class Reader extends OutputStream {
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final int enough;
    private final Then then;
    private int lines;

    Reader(int enough, Then then) {
      this.enough = enough;
      this.then = then;
    }

    @Override
    public void write(int b) {
      throw new AssertionError("not one by one");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      taken.write(bytes, offset, length);
      int before = lines;
      for (int i = offset; i < offset + length; i++) {
        lines += bytes[i] == '\n' ? 1 : 0;
      }
      if (before < enough && lines >= enough) {
        then.happens();
      }
    }
  }

  private StreamRun follow(int enough, Then then, Stop stop, Object... words) {
    var reader = new Reader(enough, then);
    return StreamRun.with(InputStream.nullInputStream(), reader, () -> stop, words)
        .answered(reader.taken.toByteArray());
  }

  /** Follows the file until it ends by itself. */
  private StreamRun follow(int enough, Then then, Object... words) {
    return follow(enough, then, Stop.onRequest(), words);
  }

  /** Follows it until so many were answered. */
  private StreamRun followed(int enough, Object... words) {
    Stop stop = Stop.onRequest();
    StreamRun found = follow(enough, stop::ask, stop, words);
    assertEquals(0, found.status(), found::toString);
    assertEquals(enough, found.lines().size());
    return found;
  }

  /** Gives the name to another file. */
  private void replace(List<String> lines) throws IOException {
    Path other = Files.writeString(folder.resolve("other"), StreamData.text(lines));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<String> with(String header, List<String> records) {
    var lines = new ArrayList<String>(List.of(header));
    lines.addAll(records);
    return lines;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          at,load,load,temp        | fields 2 and 3 are both named 'load'
          temp,host,load,temp,at   | fields 1 and 4 are both named 'temp'
          at,host,temp_c,load      | names at, host, temp_c, load, expected also temp
          at,host,lod,temp,extra   | names at, host, lod, temp, extra, expected also load
          ,at,host,lod,temp        | expected also load
          host,value               | names host, value, expected also load, temp
          """)
  void aFileWithOtherColumnsEndsItAndNothingIsLost(String header, String reason)
      throws IOException {
    List<String> all = StreamData.csv(30, 0);
    StreamRun.succeeds(StreamData.text(all), StreamData.words(folder.resolve("whole")));
    List<String> rest = all.subList(21, 31);
    Files.writeString(file, StreamData.text(all.subList(0, 21)));
    StreamRun first =
        follow(20, () -> replace(with(header, rest)), StreamData.words(run, "--follow", file));
    assertEquals(1, first.status(), first::toString);
    CommandRun.says(first.err(), reason);
    assertEquals(20, StreamRun.number(StreamRun.newest(run)));

    StreamRun again = StreamRun.of("", "--out", run, "--follow", file);
    assertEquals(1, again.status(), "it is refused until it is corrected");
    CommandRun.says(again.err(), reason);
    assertEquals(20, StreamRun.number(StreamRun.newest(run)));

    // In another order, which is fine when it is said.
    replace(
        with(
            "temp,at,host,load",
            rest.stream()
                .map(line -> line.split(",", -1))
                .map(f -> String.join(",", f[3], f[0], f[1], f[2]))
                .toList()));
    followed(10, "--out", run, "--follow", file);
    StreamRun.assertSame(folder.resolve("whole"), run, "after the header was corrected");
  }

  @Test
  void aFirstLineThatIsABadRecordIsOne() throws IOException {
    Files.writeString(file, StreamData.text(StreamData.csv(5, 0)));
    followed(5, StreamData.words(run, "--follow", file));
    replace(List.of("2024-03-01T00:09:00Z,h0,abc,def", "2024-03-01T00:09:00Z,h0,4,5"));
    StreamRun found = followed(2, "--out", run, "--follow", file);
    assertTrue(found.json().get(0).has("unusable"), found::toString);
    assertFalse(found.json().get(1).has("unusable"), found::toString);
  }

  /** A file need not begin with names, and one bad record does not end a stream for good. */
  @Test
  void aFirstLineOfWordsThatAreNoNamesIsABadRecord() throws IOException {
    Object[] words = {"--target", "load", "--hidden", 2, "--out", run, "--follow", file};
    Files.writeString(file, "host,load\nh1,4\nh2,3\n");
    followed(2, words);
    replace(List.of("h1,ERROR", "h2,3"));
    StreamRun found = followed(2, "--out", run, "--follow", file);
    CommandRun.says(
        found.json().get(0).get("unusable").getAsString(),
        "column 'load' is 'ERROR', expected a number");
    assertFalse(found.json().get(1).has("unusable"), found::toString);
    CommandRun.says(found.err(), "'h1, ERROR', taken for a record", "read as host, load");
    replace(List.of("h1,ERROR,late", "h2,3"));
    assertFalse(followed(2, "--out", run, "--follow", file).err().contains("taken for a record"));
  }

  @Test
  void passingOverCanBeStoppedAndBegunAgain() throws IOException {
    List<String> all = StreamData.csv(30, 0);
    List<String> other =
        all.stream()
            .map(line -> line.split(",", -1))
            .map(f -> String.join(",", f[3], f[0], f[1], f[2]))
            .toList();
    StreamRun whole = StreamRun.succeeds(StreamData.text(all), StreamData.words(run));
    Path stopped = folder.resolve("stopped");
    StreamRun.succeeds(StreamData.text(all.subList(0, 21)), StreamData.words(stopped));
    Stop stop = Stop.onRequest();
    var some = new Some(StreamData.text(other.subList(0, 11)).getBytes(UTF_8), stop);
    StreamRun passing =
        StreamRun.with(
            some,
            OutputStream.nullOutputStream(),
            () -> stop,
            "--out",
            stopped,
            "--input-from-start");
    some.release();
    assertEquals(0, passing.status(), passing::toString);
    assertEquals(20, StreamRun.number(StreamRun.newest(stopped)));
    assertEquals(
        whole.lines().subList(20, 25),
        StreamRun.succeeds(StreamData.text(all.subList(21, 26)), "--out", stopped).lines(),
        "it goes on, with the header of what was learned");
    assertEquals(
        whole.lines().subList(25, 30),
        StreamRun.succeeds(StreamData.text(all), "--out", stopped, "--input-from-start").lines());
    StreamRun.assertSame(run, stopped, "");
  }

  /** Gives some bytes, then asks for the end and gives nothing more. */
  private static final class Some extends InputStream {
    private final byte[] bytes;
    private final Stop stop;
    private final CountDownLatch released = new CountDownLatch(1);
    private boolean given;

    Some(byte[] bytes, Stop stop) {
      this.bytes = bytes;
      this.stop = stop;
    }

    void release() {
      released.countDown();
    }

    @Override
    public int read() {
      throw new AssertionError("not one by one");
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (!given) {
        given = true;
        System.arraycopy(bytes, 0, into, offset, bytes.length);
        return bytes.length;
      }
      stop.ask();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return -1;
    }
  }

  @Test
  void anInputThatIsShorterThanWhatWasConsumedIsRefused() throws IOException {
    List<String> all = StreamData.csv(30, 0);
    StreamRun whole =
        StreamRun.succeeds(StreamData.text(all), StreamData.words(folder.resolve("whole")));
    StreamRun.succeeds(StreamData.text(all.subList(0, 21)), StreamData.words(run));
    String said =
        StreamRun.fails(1, StreamData.text(all.subList(0, 11)), "--out", run, "--input-from-start");
    CommandRun.says(said, "has 10 records, and 20 were consumed", "--input-from-start");
    assertEquals(
        whole.lines().subList(20, 30),
        StreamRun.succeeds(StreamData.text(all.subList(21, 31)), "--out", run).lines());
    StreamRun.assertSame(folder.resolve("whole"), run, "");
  }

  @Test
  void whatIsNoFileCannotBeFollowed() throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeTrue(
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "there are no pipes");
    for (Path path : List.of(folder, pipe)) {
      String said = StreamRun.fails(1, "", StreamData.words(run, "--follow", path));
      CommandRun.says(said, path + " is no regular file", "standard input");
      assertFalse(Files.exists(run.resolve("config.json")), "the command can be corrected");
    }
  }
}
