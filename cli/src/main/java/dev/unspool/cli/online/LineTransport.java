// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.report.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a pipe or a file come in, lines go out.
 *
 * @param in what comes, unless a file is followed
 * @param follow a file whose growth is followed; null to read {@code in}
 * @param fromStart whether the input is there from its beginning, also what was consumed before
 * @param out takes the answers; not buffered, and throws unchecked if it cannot be written
 * @param console where people are told where it goes on
 */
public record LineTransport(
    InputStream in, @Nullable Path follow, boolean fromStart, OutputStream out, Console console)
    implements Transport {

  @Override
  public RecordSource source(StreamConfig stream, Position position, Map<String, String> about)
      throws IOException {
    if (follow != null) {
      boolean knows = !fromStart && !position.mark().isEmpty();
      var feed =
          new FileFeed(follow, knows ? position.offset() : 0, position.mark(), console::note);
      LineSource.Start start = feed.offset() > 0 ? LineSource.Start.BEHIND : LineSource.Start.FIRST;
      return lines(stream, position, about, feed, fromStart ? LineSource.Start.AGAIN : start);
    }
    if (position.records() > 0 && !fromStart) {
      console.note(
          "Going on behind record %s, with what standard input has now (--input-from-start if it begins at the beginning again)"
              .formatted(position.records()));
    }
    return lines(
        stream,
        position,
        about,
        new PipeFeed(in),
        fromStart ? LineSource.Start.AGAIN : LineSource.Start.NEXT);
  }

  private RecordSource lines(
      StreamConfig stream,
      Position position,
      Map<String, String> about,
      ByteFeed feed,
      LineSource.Start start) {
    long offset = start == LineSource.Start.BEHIND ? position.offset() : 0;
    return new LineSource(
        new LineReader(feed, LineSource.LONGEST, offset),
        stream.columns(),
        stream.format(),
        position,
        about,
        start,
        console::warn);
  }

  @Override
  public AnswerOutput output(BooleanSupplier givesUp) {
    return new LineOutput(out, givesUp);
  }
}
