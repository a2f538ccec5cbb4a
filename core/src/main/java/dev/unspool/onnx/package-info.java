// SPDX-License-Identifier: Apache-2.0
/** Trained built-in networks as ONNX files. */
package dev.unspool.onnx;
