// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unspool.cli.report.ResultStream;
import dev.unspool.cli.run.Stop;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a stream may end, and what is full or gone meanwhile. */
final class OnlineEndsTest {
  private static final int SIGTERM = 143;

  @TempDir Path folder;

  private Path run() {
    return folder.resolve("run");
  }

  /** Takes some bytes, then nothing more. */
  private static final class Broken extends OutputStream {
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final int room;

    Broken(int room) {
      this.room = room;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (taken.size() + length > room) {
        throw new IOException("Broken pipe");
      }
      taken.write(bytes, offset, length);
    }
  }

  @Test
  void aReaderThatHasGoneEndsItWithASnapshot() throws IOException {
    String all = StreamData.text(StreamData.csv(60, 3));
    Object[] keyed = {"--key", "host"};
    StreamRun whole = StreamRun.succeeds(all, StreamData.words(folder.resolve("whole"), keyed));
    var broken = new Broken(0);
    StreamRun gone =
        StreamRun.with(
            new ByteArrayInputStream(all.getBytes(UTF_8)),
            new ResultStream(broken),
            Stop::onRequest,
            StreamData.words(run(), keyed));
    assertEquals(141, gone.status(), gone::toString);
    assertEquals(
        "", gone.err().lines().filter(l -> l.startsWith("unspool")).reduce("", String::concat));
    assertTrue(StreamRun.number(StreamRun.newest(run())) > 0);

    StreamRun after = StreamRun.succeeds(all, "--out", run(), "--input-from-start");
    assertEquals(whole.lines(), after.lines(), "what nobody took is said again");
    StreamRun.assertSame(folder.resolve("whole"), run(), "");
  }

  /** Blocks whoever writes, as a full pipe does. */
  private static final class Blocked extends OutputStream {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);

    @Override
    public void write(int b) {
      throw new AssertionError("not one by one");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      reached.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  /** Gives records without end, and counts them. */
  private static final class Endless extends InputStream {
    private final byte[] line = "1,2\n".getBytes(UTF_8);
    private final byte[] header = "load,temp\n".getBytes(UTF_8);
    volatile long given;

    @Override
    public int read() {
      throw new AssertionError("not one by one");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      for (int i = 0; i < length; i++) {
        long at = given + i;
        bytes[offset + i] =
            at < header.length
                ? header[(int) at]
                : line[(int) ((at - header.length) % line.length)];
      }
      given += length;
      return length;
    }
  }

  @Test
  void aSlowReaderHoldsUpTheStreamAndNotItsEnd() throws Exception {
    var blocked = new Blocked();
    var endless = new Endless();
    Stop stop = Stop.onRequest();
    var ender =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    blocked.reached.await();
                    stop.ask();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    StreamRun held = StreamRun.with(endless, blocked, () -> stop, StreamData.words(run()));
    ender.join();
    assertEquals(0, held.status(), held::toString);
    // A ring and a chunk of input; two buffers of answers, each of which is longer than its record.
    assertTrue(endless.given < 1_000_000, () -> endless.given + " bytes were read");
    long records = StreamRun.number(StreamRun.newest(run()));
    blocked.released.countDown();

    StreamRun after = StreamRun.succeeds("", "--out", run());
    assertEquals(records, after.lines().size(), "what nobody took is said again");
    assertEquals(1, after.json().getFirst().get("record").getAsLong());
  }

  @ParameterizedTest
  @ValueSource(strings = {"metrics.jsonl", "dead-letter.jsonl"})
  void aFileThatCannotBeWrittenStopsNoStream(String name) throws IOException {
    List<String> lines = StreamData.csv(20, 0);
    StreamRun.succeeds(StreamData.text(lines.subList(0, 5)), StreamData.words(run()));
    Files.deleteIfExists(run().resolve(name));
    Files.createDirectories(run().resolve(name).resolve("in the way"));
    StreamRun on =
        StreamRun.succeeds("x\nx\n" + StreamData.text(lines.subList(5, 21)), "--out", run());
    assertEquals(18, on.lines().size());
    List<String> warnings = on.err().lines().filter(l -> l.startsWith("unspool: ")).toList();
    assertEquals(1, warnings.size(), on::toString);
    CommandRun.says(warnings.getFirst(), name, "the stream goes on without it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip", "rollback"})
  void aLossThatIsFarTooLargeIsCounted(String what) throws IOException {
    var lines = new ArrayList<String>(List.of("load,temp"));
    for (int i = 0; i < 200; i++) {
      lines.add("%s,1".formatted(i == 190 ? 1e9 : Math.sin(i)));
    }
    StreamRun.succeeds(
        StreamData.text(lines), StreamData.words(run(), "--on-spike", what, "--spike", 5));
    String metrics = Files.readString(run().resolve("metrics.jsonl"));
    assertTrue(metrics.contains("\"incidents\":{\"spike\":"), metrics);
  }

  @Test
  void snapshotsThatCannotBeWrittenAreTold() throws IOException {
    List<String> lines = StreamData.csv(20, 0);
    StreamRun.succeeds(StreamData.text(lines.subList(0, 5)), StreamData.words(run()));
    // Where the temporary file of the last one would be.
    Files.createDirectories(run().resolve("snapshots/snapshot-20.safetensors.tmp/in the way"));
    StreamRun full = StreamRun.of(StreamData.text(lines.subList(5, 21)), "--out", run());
    assertEquals(1, full.status(), full::toString);
    assertEquals(16, full.lines().size(), "all were answered");
    CommandRun.says(
        full.err(), "the last snapshot cannot be written", "after record 4 is done again");
    FolderContent.delete(run().resolve("snapshots/snapshot-20.safetensors.tmp"));
    StreamRun again = StreamRun.succeeds(StreamData.text(lines.subList(5, 21)), "--out", run());
    assertEquals(full.lines(), again.lines());
  }

  private static boolean succeeds(String... words) throws Exception {
    try {
      return new ProcessBuilder(words).redirectOutput(Redirect.DISCARD).start().waitFor() == 0;
    } catch (IOException _) {
      return false; // there is no such command
    }
  }

  /** A disk of a megabyte, which dead letters fill: snapshots and all logs want room there. */
  @Test
  void aDiskThatIsReallyFullStopsNoStream() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        succeeds("mount", "-t", "tmpfs", "-o", "size=1m", "none", disk.toString()),
        "only root mounts file systems");
    try {
      var lines = new ArrayList<String>(StreamData.csv(400, 0));
      for (int i = 0; i < 300; i++) {
        lines.add(100 + i, "x".repeat(5000));
      }
      Object[] often = {"--snapshot-every", 50, "--report-every", 1e-3, "--stop-after-bad", 1000};
      StreamRun whole = StreamRun.succeeds(StreamData.text(lines), StreamData.words(run(), often));
      Path full = disk.resolve("run");
      StreamRun held = StreamRun.of(StreamData.text(lines), StreamData.words(full, often));
      assertEquals(1, held.status(), held::toString);
      assertEquals(whole.lines(), held.lines());
      CommandRun.says(held.err(), "dead-letter.jsonl cannot be written (No space left on device)");
      CommandRun.says(held.err(), "the last snapshot cannot be written", "is done again");
      long newest = StreamRun.number(StreamRun.newest(full));
      assertTrue(newest >= 100 && newest < 700, () -> "the newest is of record " + newest);

      Files.delete(full.resolve("dead-letter.jsonl"));
      StreamRun again =
          StreamRun.succeeds(
              StreamData.text(lines.subList(0, 1 + 410)), "--out", full, "--input-from-start");
      assertEquals(whole.lines().subList((int) newest, 410), again.lines());
      StreamRun.succeeds(StreamData.text(lines.subList(1 + 410, 1 + 700)), "--out", full);
      StreamRun.assertSame(run(), full, "on a disk that was full");
    } finally {
      assertTrue(succeeds("umount", disk.toString()));
    }
  }

  @Test
  void sigtermEndsItWithASnapshot() throws Exception {
    List<String> lines = StreamData.csv(40, 0);
    Object[] words = TinyData.joined("online", StreamData.words(run(), "--snapshot-seconds", 0));
    var answers = new ArrayList<String>();
    Process process = CommandProcess.start(words);
    try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      process.getOutputStream().write(StreamData.text(lines.subList(0, 21)).getBytes(UTF_8));
      process.getOutputStream().flush();
      while (answers.size() < 20) {
        String line = out.readLine();
        assertTrue(line != null, () -> "ended after " + answers);
        answers.add(line); // each is there without another record
      }
      process.destroy(); // SIGTERM, while it waits for the next record
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(SIGTERM, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
    assertEquals(20, StreamRun.number(StreamRun.newest(run())));
    answers.addAll(
        StreamRun.succeeds(StreamData.text(lines.subList(21, 41)), "--out", run()).lines());
    assertEquals(
        StreamRun.succeeds(StreamData.text(lines), StreamData.words(folder.resolve("whole")))
            .lines(),
        answers);
  }
}
