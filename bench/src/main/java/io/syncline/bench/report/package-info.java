/** A run as one HTML file that a person can read: inline SVG, nothing fetched from anywhere, no script needed. */
package io.syncline.bench.report;
