// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.cli.run.Stop;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;

/** A stream that runs inside the test with a page, and takes records as the test has them. */
final class LiveStream implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("http://\\S+");

  private final PipedOutputStream records = new PipedOutputStream();
  private final Stop stop = Stop.onRequest();
  private final CompletableFuture<URI> address = new CompletableFuture<>();
  private final CompletableFuture<Integer> ended;

  private final Said err = new Said();

  /** Completes the address when it is said. */
  private final class Said extends StringWriter {
    @Override
    public void flush() {
      Matcher found = ADDRESS.matcher(toString());
      if (found.find()) {
        address.complete(URI.create(found.group()));
      }
    }
  }

  LiveStream(Object... words) throws IOException {
    var in = new PipedInputStream(records, 1 << 16);
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(err, true)).setErr(new PrintWriter(err, true));
    OnlineCommand online =
        Objects.requireNonNull(command.getSubcommands().get("online")).getCommand();
    online.in = in;
    online.answers = OutputStream.nullOutputStream();
    online.stops = () -> stop;
    String[] args =
        Stream.concat(Stream.of("online", "--http", "0"), Arrays.stream(words).map(String::valueOf))
            .toArray(String[]::new);
    ended =
        CompletableFuture.supplyAsync(
            () -> {
              int status = Main.execute(command, args);
              address.completeExceptionally(new AssertionError("it has ended: " + err));
              return status;
            },
            task -> Thread.ofPlatform().daemon().start(task));
  }

  /** Where a path of its page is. */
  URI at(String path) {
    return address.orTimeout(60, TimeUnit.SECONDS).join().resolve(path);
  }

  void feed(List<String> lines) throws IOException {
    records.write(StreamData.text(lines).getBytes(UTF_8));
    records.flush();
  }

  @Override
  public void close() throws IOException {
    records.close();
    assertEquals(0, ended.orTimeout(60, TimeUnit.SECONDS).join(), err::toString);
  }
}
