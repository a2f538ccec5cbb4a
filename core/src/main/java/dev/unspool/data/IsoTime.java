// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A time in the form of ISO 8601, as programs write it: {@code 2024}, {@code 2024-03}, {@code
 * 2024-03-31}, {@code 2024-03-31T02:30}, with a blank in place of the T, with seconds and their
 * fractions, and with Z or an offset behind it. Months and days of one digit are read, too.
 */
final class IsoTime {
  private String text = "";
  private int at;
  private LocalDateTime local = LocalDateTime.MIN;
  private @Nullable ZoneOffset offset;

  /** What a clock shows. */
  LocalDateTime local() {
    return local;
  }

  /** How far that clock is from Greenwich, if the text says it. */
  @Nullable ZoneOffset offset() {
    return offset;
  }

  /**
   * Reads a time.
   *
   * @throws DateTimeException if it is none
   */
  void read(String newText) {
    text = newText;
    at = 0;
    offset = null;
    int year = number(4, 4);
    if (at == text.length()) {
      local = LocalDateTime.of(year, 1, 1, 0, 0);
      return;
    }
    char separator = peek() == '/' ? '/' : '-';
    expect(separator);
    int month = number(1, 2);
    int day = 1;
    if (peek() == separator) {
      at++;
      day = number(1, 2);
    }
    if (peek() == 'T' || peek() == 't' || (peek() == ' ' && isDigit(at + 1))) {
      at++;
      readClock(year, month, day);
    } else {
      local = LocalDateTime.of(year, month, day, 0, 0);
    }
    readOffset();
    if (at < text.length()) {
      throw unexpected();
    }
  }

  private void readClock(int year, int month, int day) {
    int hour = number(1, 2);
    int minute = 0;
    int second = 0;
    int nano = 0;
    if (peek() == ':') {
      at++;
      minute = number(1, 2);
      if (peek() == ':') {
        at++;
        second = number(1, 2);
        if (peek() == '.' || peek() == ',') {
          at++;
          nano = fraction();
        }
      }
    }
    boolean midnight = hour == 24 && minute == 0 && second == 0 && nano == 0;
    LocalDateTime read =
        LocalDateTime.of(year, month, day, midnight ? 0 : hour, minute, second, nano);
    local = midnight ? read.plusDays(1) : read;
  }

  private int fraction() {
    int from = at;
    int nano = 0;
    for (int digit = 0; digit < 9; digit++) {
      nano = 10 * nano + (isDigit(at) ? text.charAt(at++) - '0' : 0);
    }
    while (isDigit(at)) {
      at++;
    }
    if (at == from) {
      throw unexpected();
    }
    return nano;
  }

  private void readOffset() {
    if (peek() == ' ') {
      at++;
    }
    char sign = peek();
    if (sign == 'Z' || sign == 'z') {
      at++;
      offset = ZoneOffset.UTC;
    } else if (text.startsWith("UTC", at) || text.startsWith("GMT", at)) {
      at += 3;
      offset = ZoneOffset.UTC;
    } else if (sign == '+' || sign == '-') {
      at++;
      int hours = number(2, 2);
      int minutes = 0;
      if (peek() == ':') {
        at++;
        minutes = number(2, 2);
      } else if (isDigit(at)) {
        minutes = number(2, 2);
      }
      int seconds = 3600 * hours + 60 * minutes;
      offset = ZoneOffset.ofTotalSeconds(sign == '-' ? -seconds : seconds);
    }
  }

  private int number(int least, int most) {
    int value = 0;
    int digits = 0;
    while (digits < most && isDigit(at)) {
      value = 10 * value + text.charAt(at++) - '0';
      digits++;
    }
    if (digits < least) {
      throw unexpected();
    }
    return value;
  }

  private void expect(char c) {
    if (peek() != c) {
      throw unexpected();
    }
    at++;
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private boolean isDigit(int index) {
    return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
  }

  private DateTimeException unexpected() {
    return new DateTimeException("no time: '%s'".formatted(text));
  }
}
