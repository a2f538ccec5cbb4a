// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where rows go while a table is read. */
sealed interface RowSink extends Closeable {
  /** Appends a row; {@code row} is copied. */
  void add(double[] row) throws IOException;

  /** The table; nothing may be added afterwards. */
  Table finish(List<String> columns, long skippedRows) throws IOException;

  /** Hands rows on. */
  record Plain(RowSink sink) implements CsvRows.Taker {
    @Override
    public @Nullable String take(CsvRow row) throws IOException {
      sink.add(row.values());
      return null;
    }
  }

  /** Hands rows on; one in which there is nothing is one of missing numbers. */
  record Missing(RowSink sink, int width) implements CsvRows.Taker {
    @Override
    public @Nullable String take(CsvRow row) throws IOException {
      sink.add(row.values());
      return null;
    }

    @Override
    public boolean takeEmpty(long count) throws IOException {
      double[] nothing = new double[width];
      Arrays.fill(nothing, Double.NaN);
      for (long i = 0; i < count; i++) {
        sink.add(nothing);
      }
      return true;
    }
  }

  /** Keeps every row. */
  final class All implements RowSink {
    private final SegmentWriter writer;

    All(long heapLimit) {
      this.writer = new SegmentWriter(heapLimit);
    }

    @Override
    public void add(double[] row) throws IOException {
      for (double value : row) {
        writer.write(value);
      }
    }

    @Override
    public Table finish(List<String> columns, long skippedRows) throws IOException {
      return new Table(columns, writer.finish(), skippedRows);
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }

  /** Keeps the newest rows: a ring that forgets the oldest when it is full. */
  final class Newest implements RowSink {
    private final double[] ring;
    private final int width;
    private long added;

    Newest(int rows, int width) {
      this.ring = new double[Math.multiplyExact(rows, width)];
      this.width = width;
    }

    @Override
    public void add(double[] row) {
      System.arraycopy(row, 0, ring, next(), width);
      added++;
    }

    @Override
    public Table finish(List<String> columns, long skippedRows) {
      int held = (int) Math.min(added * width, ring.length);
      var values = new double[held];
      int oldest = held < ring.length ? 0 : next();
      System.arraycopy(ring, oldest, values, 0, held - oldest);
      System.arraycopy(ring, 0, values, held - oldest, oldest);
      return new Table(columns, Memory.heap(MemorySegment.ofArray(values)), skippedRows);
    }

    @Override
    public void close() {}

    private int next() {
      return (int) (added * width % ring.length);
    }
  }
}
