// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

/** What a step of the input is, and what the first layer sees of it. */
public sealed interface Input {
  /** Features of one lane at one step, as the model is given them. */
  int features();

  /** Width of what the first layer sees. */
  int width();

  /**
   * Numbers, passed on as they are.
   *
   * @param features how many
   */
  record Numeric(int features) implements Input {
    /** Checks the range. */
    public Numeric {
      require(features >= 1, "a numeric input needs at least 1 feature, found %s", features);
    }

    @Override
    public int width() {
      return features;
    }
  }

  /**
   * One class index a step; the first layer sees a vector of zeros with a single 1.
   *
   * @param classes how many
   */
  record OneHot(int classes) implements Input {
    /** Checks the range. */
    public OneHot {
      requireClasses("a one-hot input", classes);
    }

    @Override
    public int features() {
      return 1;
    }

    @Override
    public int width() {
      return classes;
    }
  }

  /**
   * One class index a step; the first layer sees the row of that index in the trained table {@code
   * embedding.weight}, classes × size.
   *
   * @param classes how many
   * @param size of a row
   */
  record Embedding(int classes, int size) implements Input {
    /** Checks the ranges. */
    public Embedding {
      requireClasses("an embedding", classes);
      require(size >= 1, "an embedding needs a size of at least 1, found %s", size);
    }

    @Override
    public int features() {
      return 1;
    }

    @Override
    public int width() {
      return size;
    }
  }

  /** Indices travel as float32, which holds integers exactly up to 2²⁴. */
  private static void requireClasses(String what, int classes) {
    require(
        classes >= 1 && classes <= 1 << 24,
        what + " needs 1 to 16777216 classes, found %s",
        classes);
  }

  private static void require(boolean condition, String message, int found) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(found));
    }
  }
}
