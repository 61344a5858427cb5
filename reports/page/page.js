"use strict";
// Brings the charts to life: one cursor and one zoom over all of them. The page
// says everything without this script; it asks for nothing that is not in it.
(() => {
	const root = document.documentElement;
	root.classList.add("js");
	const $ = (id) => document.getElementById(id);
	const all = (what, where = document) => Array.from(where.querySelectorAll(what));
	const island = JSON.parse($("data")?.textContent ?? '{"duration":0,"charts":[]}');
	const end = island.duration;
	const shown = { from: 0, to: end };

	// Theme: as the system has it, until the button is pressed.
	const theme = $("theme");
	const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
	const nameTheme = () => {
		theme.textContent = isDark() ? "Light" : "Dark";
		theme.setAttribute("aria-label", "Show in " + (isDark() ? "light" : "dark") + " colours");
	};
	theme.addEventListener("click", () => {
		root.dataset.theme = isDark() ? "light" : "dark";
		nameTheme();
	});
	nameTheme();

	// Numbers as the page keeps them: differences in whole steps, in base64.
	function decode(n) {
		const bytes = atob(n.data);
		const values = [];
		let last = 0;
		for (let i = 0; i < bytes.length;) {
			let code = 0, unit = 1, byte;
			do {
				byte = bytes.charCodeAt(i++);
				code += (byte & 127) * unit;
				unit *= 128;
			} while (byte > 127);
			if (code === 0) {
				values.push(NaN);
				continue;
			}
			code--;
			last += code % 2 ? -(code + 1) / 2 : code / 2;
			values.push(n.step < 1 ? last / Math.round(1 / n.step) : last * n.step);
		}
		return Float64Array.from(values);
	}
	const once = (make) => { let made; return () => made ??= make(); };
	const clocks = {};
	for (const name in island.clocks) clocks[name] = once(() => decode(island.clocks[name]));
	function live(s) {
		const values = once(() => decode(s.values)), halves = s.halves && once(() => decode(s.halves));
		const end = (side) => once(() => values().map((v, i) => v + side * halves()[i]));
		return { ...s, edges: clocks[s.clock], values, halves, lows: end(-1), highs: end(1) };
	}

	// Words and figures, as in the rest of the page.
	const two = (n) => String(n).padStart(2, "0");
	const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
	function wall(t) {
		let ahead = island.wall[0][1];
		for (const [from, by] of island.wall) if (from <= t) ahead = by;
		return new Date((ahead + t) * 1000);
	}
	function clock(t, seconds) {
		if (!island.wall) {
			const s = Math.floor(t);
			return Math.floor(s / 3600) + ":" + two(Math.floor(s / 60) % 60) + (seconds ? ":" + two(s % 60) : "");
		}
		const at = wall(t);
		const text = two(at.getUTCHours()) + ":" + two(at.getUTCMinutes()) + (seconds ? ":" + two(at.getUTCSeconds()) : "");
		return island.days ? at.getUTCDate() + " " + months[at.getUTCMonth()] + " " + text : text;
	}
	const commas = (v) => v.toLocaleString("en-US");
	const three = (v) => Math.abs(v) >= 100 ? commas(Math.round(v)) : String(+v.toPrecision(3));
	const money = (v) => Math.abs(v) > 0 && Math.abs(v) < 0.0995 ? three(v) : v.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
	const count = (v) => Number.isInteger(v) ? commas(v) : three(v);
	const percent = (v) => String(+v.toFixed(1));

	// A unit as values of a size are written in it: divided by what, between which
	// words, and with which digits.
	function timeScale(v) {
		if (v === 0) return { per: 1, after: " s", digits: three };
		if (v < 0.9995e-3) return { per: 1e-6, after: " µs", digits: three };
		if (v < 0.9995) return { per: 1e-3, after: " ms", digits: three };
		if (v >= 7199.5) return { per: 3600, after: " h", digits: three };
		return v >= 119.95 ? { per: 60, after: " min", digits: three } : { per: 1, after: " s", digits: three };
	}
	function scaleOf(v, unit) {
		switch (unit) {
		case "s": return timeScale(v);
		case "share": return { per: 0.01, after: " %", digits: percent };
		case "USD/h": return { per: 1, before: "USD ", after: "/h", digits: money };
		case "1/s": return { per: 1, after: "/s", digits: three };
		case "": return { per: 1, after: "", digits: count };
		}
		return { per: 1, after: " " + unit, digits: three };
	}
	const magnitude = (v) => +v.toExponential().split("e")[1];
	const states = { "-1": "insufficient data", 0: "OK", 1: "in ALARM", 2: "blocked" };
	// format writes a value of a series, and with a half-width its interval: to its
	// second digit, or the first where the mean has five already.
	function format(v, s, half = NaN) {
		if (s.kind === "state") return states[v] ?? "";
		if (Number.isNaN(v)) return "–";
		const { per, before = "", after, digits } = scaleOf(v, s.unit);
		if (!(half > 0)) return before + digits(v / per) + (half === 0 ? " ± 0" : "") + after;
		let decimals = 1 - magnitude(half / per);
		if (Math.abs(v) > half) decimals = Math.min(decimals, 4 - magnitude(v / per));
		decimals = Math.min(Math.max(decimals, -magnitude(half / per), 0), 9);
		const fixed = (x) => (x / per).toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
		return before + fixed(v) + " ± " + fixed(half) + after;
	}

	// The place among edges at which an instant is.
	function place(edges, t) {
		let low = 0, high = edges.length - 1;
		while (high - low > 1) {
			const middle = (low + high) >> 1;
			if (edges[middle] <= t) low = middle; else high = middle;
		}
		return low;
	}

	// Charts.
	const charts = island.charts.map((c) => {
		const figure = $(c.id);
		const field = figure.querySelector(".field");
		const cursor = document.createElement("div");
		cursor.className = "cursor";
		cursor.hidden = true;
		field.append(cursor);
		return {
			...c, figure, field, cursor, plot: figure.querySelector(".plot"), title: $(c.id + "-title").firstChild.data.trim(),
			foot: figure.querySelector(".foot"), svgs: all("svg.time", figure),
			series: (c.series ?? []).map((s, i) => ({ ...live(s), path: figure.querySelector(`path[data-series="${i}"]`), edge: figure.querySelector(`path[data-edge="${i}"]`), ribbon: figure.querySelector(`path[data-ribbon="${i}"]`), out: figure.querySelector(`output[data-series="${i}"]`) })),
			heat: c.heat && { ...c.heat, rows: c.heat.rows.map(live), paths: all(".heat path", figure) },
			strips: (c.strips ?? []).map((s, i) => ({ ...live(s), out: figure.querySelector(`output[data-strip="${i}"]`) })),
		};
	});
	const exact = 2000; // values up to which a curve is drawn whole, and never again

	const round = (v) => Math.round(v * 10) / 10;
	function height(c, v) {
		v = Math.min(Math.max(v, c.min), c.max);
		const share = c.log ? Math.log(v / c.min) / Math.log(c.max / c.min) : (v - c.min) / (c.max - c.min);
		return round(c.height * (1 - share));
	}

	// Long curves are drawn when they are near to what is seen.
	function refresh(c, anyway) {
		if (!c.stale || !c.near && !anyway) return;
		c.stale = false;
		const columns = Math.max(c.field.clientWidth, 200);
		for (const s of c.series) {
			if (s.path && s.values().length > exact) redraw(c, s, columns);
			if (s.ribbon && s.values().length > exact) belt(c, s, columns);
		}
		if (c.heat) paint(c.heat, columns / 3);
	}
	const nearby = new IntersectionObserver((entries) => {
		for (const e of entries) {
			const c = charts.find((c) => c.figure === e.target);
			c.near = e.isIntersecting;
			refresh(c);
		}
	}, { rootMargin: "400px" });
	for (const c of charts) nearby.observe(c.figure);

	// cuts are the places among a clock's edges at which columns of pixels begin, and
	// where the last one ends: of what is shown, and the same for all series.
	let cutsOf = {};
	function cuts(s, columns) {
		const key = s.clock + " " + columns;
		if (cutsOf[key]) return cutsOf[key];
		const edges = s.edges(), list = [];
		const last = Math.min(place(edges, shown.to) + 1, edges.length - 1);
		const wide = (shown.to - shown.from) / columns;
		for (let i = place(edges, shown.from); i < last;) {
			const from = edges[i];
			list.push(i++);
			while (i < last && edges[i + 1] - from <= wide) i++;
		}
		list.push(last);
		return cutsOf[key] = list;
	}
	function eachColumn(s, columns, visit) {
		const list = cuts(s, columns);
		for (let k = 1; k < list.length; k++) visit(list[k - 1], list[k]);
	}

	// redraw draws the part of a long curve that is shown: of each column the least
	// and the greatest value.
	function redraw(c, s, columns) {
		const edges = s.edges(), values = s.values();
		const area = s.kind === "area", floor = height(c, c.min);
		let path = "", edge = "", down = false;
		eachColumn(s, columns, (first, last) => {
			let low = Infinity, high = -Infinity;
			for (let i = first; i < last; i++) {
				const v = values[i];
				if (v < low) low = v;
				if (v > high) high = v;
			}
			if (high < low || area && high <= c.min) { // no value, or nothing to fill
				if (down && area) path += "V" + floor + "Z";
				down = false;
				return;
			}
			const from = edges[first];
			const top = height(c, high), foot = area ? top : height(c, low), to = round(edges[last]);
			const begin = down ? "" : "M" + round(from) + " ";
			if (s.kind === "line") {
				const x = round((from + to) / 2);
				path += (down ? "L" : "M") + x + " " + top + (foot === top ? "H" + x : "V" + foot);
			} else {
				const step = (down ? "V" + foot : begin + foot) + (foot === top ? "" : "V" + top) + "H" + to;
				edge += step;
				path += area ? (down ? "" : begin + floor) + "V" + top + "H" + to : step;
			}
			down = true;
		});
		if (down && area) path += "V" + floor + "Z";
		s.path.setAttribute("d", path);
		s.edge?.setAttribute("d", edge);
	}

	// belt draws the intervals of a long curve as redraw does the curve: of each
	// column the lowest and the highest end.
	function belt(c, s, columns) {
		const edges = s.edges(), lows = s.lows(), highs = s.highs();
		let path = "", there = "", back = "";
		const close = () => {
			if (there) path += there + back + "Z";
			there = back = "";
		};
		eachColumn(s, columns, (first, last) => {
			let low = Infinity, high = -Infinity;
			for (let i = first; i < last; i++) {
				if (lows[i] < low) low = lows[i];
				if (highs[i] > high) high = highs[i];
			}
			if (!(high > low)) return close();
			const top = height(c, high), foot = height(c, low), from = round(edges[first]), to = round(edges[last]);
			if (s.kind === "line") {
				const x = round((edges[first] + edges[last]) / 2);
				there += (there ? "L" : "M") + x + " " + top;
				back = "L" + x + " " + foot + back;
			} else {
				there += (there ? "V" + top : "M" + from + " " + top) + "H" + to;
				back = "V" + foot + "H" + from + back;
			}
		});
		close();
		s.ribbon.setAttribute("d", path);
	}

	// paint paints the part of a map that is shown: in each row the mean of each
	// column, neighbours of one shade joined.
	function paint(heat, columns) {
		const darkest = heat.paths.length - 1;
		const paths = heat.paths.map(() => "");
		heat.rows.forEach((row, r) => {
			const edges = row.edges(), values = row.values(), y = (r + 0.5) * heat.thick;
			let begun = 0, until = 0, shade = -1;
			const end = (at) => { if (shade >= 0) paths[shade] += `M${round(begun)} ${y}H${round(at)}`; };
			eachColumn(row, columns, (first, last) => {
				let n = 0, sum = 0;
				for (let i = first; i < last; i++) {
					const v = values[i];
					if (!Number.isNaN(v)) { n++; sum += v; }
				}
				until = edges[last];
				const now = n === 0 ? -1 : sum === 0 ? 0 : Math.min(1 + Math.floor(darkest * sum / n / heat.top), darkest);
				if (now === shade) return;
				end(edges[first]);
				begun = edges[first];
				shade = now;
			});
			end(until);
		});
		heat.paths.forEach((p, i) => p.setAttribute("d", paths[i]));
	}

	// ticks are at whole minutes, hours and days of the clock shown.
	const steps = [1, 5, 10, 30, 60, 300, 900, 1800, 3600, 10800, 21600, 86400, 604800, 2419200];
	function ticks(most) {
		const step = steps.find((s) => (shown.to - shown.from) / s <= most - 1) ?? steps[steps.length - 1];
		const ahead = island.wall ? island.wall[0][1] % 86400 : 0;
		const list = [];
		for (let t = Math.ceil((shown.from + ahead) / step) * step - ahead; t <= shown.to; t += step) {
			const at = island.wall && wall(t);
			let text = clock(t, step < 60).replace(/^\d+ \w+ /, "");
			if (!island.wall && step >= 86400) text = t / 86400 + " d";
			if (at && (step >= 86400 || island.days && at.getUTCHours() + at.getUTCMinutes() === 0)) text = at.getUTCDate() + " " + months[at.getUTCMonth()];
			list.push([t, text]);
		}
		return list;
	}
	const share = (t) => (t - shown.from) / (shown.to - shown.from);

	// marks joins events that are too near to each other to be told apart.
	const lane = $("lane");
	const signs = { out: "▲", in: "▼", alarm: "!", fault: "✕", other: "◆" };
	const bands = lane && all(".band", lane).map((band) => ({ band, from: parseFloat(band.style.left) / 100 * end, span: parseFloat(band.style.width) / 100 * end }));
	function marks() {
		const near = 24 / Math.max(lane.clientWidth, 1);
		const list = [];
		for (const e of island.events ?? []) {
			const at = share(e.at);
			if (at < 0 || at > 1) continue;
			const last = list[list.length - 1];
			if (last && at - last.at < near) {
				last.count++; // an alarm gives way to what it led to
				if (last.mark === "alarm") Object.assign(last, { mark: e.mark, row: e.row, text: e.text });
				else if (e.mark !== "alarm" && e.mark !== last.mark) last.mark = "other";
			} else list.push({ at, mark: e.mark, row: e.row, text: e.text, count: 1 });
		}
		const held = document.activeElement?.hash;
		all(".mark", lane).forEach((m) => m.remove());
		for (const m of list) {
			const a = document.createElement("a");
			a.className = "mark " + m.mark;
			a.href = "#e" + m.row;
			a.style.left = 100 * m.at + "%";
			a.title = m.text + (m.count > 1 ? ` (and ${m.count - 1} more)` : "");
			a.setAttribute("aria-label", a.title);
			const sign = document.createElement("span");
			sign.setAttribute("aria-hidden", "true");
			sign.textContent = signs[m.mark];
			if (m.count > 1) sign.append(Object.assign(document.createElement("small"), { textContent: m.count }));
			a.append(sign);
			lane.append(a);
			if (a.hash === held) a.focus({ preventScroll: true });
		}
		for (const b of bands) {
			const from = Math.max(share(b.from), 0), to = Math.min(share(b.from + b.span), 1);
			b.band.hidden = to <= from;
			b.band.style.left = 100 * from + "%";
			b.band.style.width = 100 * (to - from) + "%";
		}
	}

	// show shows a part of the run in all charts.
	const shortest = 10;
	function show(from, to) {
		const span = Math.min(Math.max(to - from, Math.min(shortest, end)), end);
		shown.from = Math.min(Math.max(from, 0), end - span);
		shown.to = shown.from + span;
		const width = charts.length ? charts[0].field.clientWidth : 0;
		const labels = ticks(Math.max(Math.min(width / 78, 12), 3)).map(([t, text]) => {
			const label = document.createElement("span");
			label.style.left = 100 * share(t) + "%";
			label.textContent = text;
			return label;
		});
		cutsOf = {};
		for (const c of charts) {
			for (const svg of c.svgs) {
				const box = svg.viewBox.baseVal;
				svg.setAttribute("viewBox", `${shown.from} ${box.y} ${span} ${box.height}`);
			}
			c.stale = true;
			refresh(c);
			c.foot.replaceChildren(...labels.map((l) => l.cloneNode(true)));
		}
		if (!charts.length) return;
		marks();
		$("shown").textContent = span === end ? "All of the run" : clock(shown.from, true) + " to " + clock(shown.to, true);
		all("[data-do]").forEach((b) => {
			b.disabled = span === end && b.dataset.do !== "in" || b.dataset.do === "back" && shown.from === 0 || b.dataset.do === "on" && shown.to === end;
		});
		point(cursorAt);
	}
	function zoom(by, around = (shown.from + shown.to) / 2) {
		show(around - (around - shown.from) * by, around + (shown.to - around) * by);
	}
	const pan = (by) => show(shown.from + by * (shown.to - shown.from), shown.to + by * (shown.to - shown.from));
	const deeds = { in: () => zoom(0.5), out: () => zoom(2), back: () => pan(-0.5), on: () => pan(0.5), all: () => show(0, end) };
	all("[data-do]").forEach((b) => b.addEventListener("click", deeds[b.dataset.do]));

	// point puts the cursor at an instant in all charts, and reads the values.
	let cursorAt = NaN;
	function read(c, i, t) {
		const s = c.series[i], k = place(s.edges(), t), v = s.values()[k];
		const next = c.series[i + 1];
		return format(s.stacked && next?.stacked ? v - next.values()[k] : v, s, s.halves?.()[k]);
	}
	function point(t) {
		cursorAt = t;
		const off = !(t >= shown.from && t <= shown.to);
		for (const c of charts) {
			c.cursor.hidden = off;
			c.cursor.style.left = 100 * share(t) + "%";
			c.series.forEach((s, i) => s.out.textContent = off ? "" : read(c, i, t));
			for (const s of c.strips) s.out.textContent = off ? "" : format(s.values()[place(s.edges(), t)], s);
		}
		if (!off) $("shown").textContent = "At " + clock(t, true);
		else if (charts.length && shown.to - shown.from === end) $("shown").textContent = "All of the run";
	}
	function say(c) {
		const values = c.series.map((s, i) => s.name + " " + read(c, i, cursorAt)).concat(c.strips.map((s) => s.name + " " + format(s.values()[place(s.edges(), cursorAt)], s)));
		$("said").textContent = clock(cursorAt, true) + ": " + values.join(", ");
	}

	let waiting = null;
	const soon = (what) => {
		if (waiting === null) requestAnimationFrame(() => { const todo = waiting; waiting = null; todo(); });
		waiting = what;
	};
	for (const c of charts) {
		const at = (e) => {
			const box = c.field.getBoundingClientRect();
			return shown.from + Math.min(Math.max((e.clientX - box.left) / box.width, 0), 1) * (shown.to - shown.from);
		};
		let begun = null, chosen = null;
		c.field.addEventListener("pointerdown", (e) => {
			if (e.button !== 0) return;
			begun = { t: at(e), x: e.clientX };
			c.field.setPointerCapture(e.pointerId);
		});
		c.field.addEventListener("pointermove", (e) => {
			const t = at(e);
			soon(() => point(t));
			if (!begun || Math.abs(e.clientX - begun.x) < 5) return;
			if (!chosen) c.field.append(chosen = Object.assign(document.createElement("div"), { className: "chosen" }));
			chosen.style.left = 100 * share(Math.min(t, begun.t)) + "%";
			chosen.style.width = 100 * Math.abs(share(t) - share(begun.t)) + "%";
		});
		const done = (e, keep) => {
			if (keep && chosen) show(Math.min(at(e), begun.t), Math.max(at(e), begun.t));
			chosen?.remove();
			begun = chosen = null;
		};
		c.field.addEventListener("pointerup", (e) => done(e, true));
		c.field.addEventListener("pointercancel", (e) => done(e, false));
		c.field.addEventListener("pointerleave", () => { if (!begun) soon(() => point(NaN)); });
		c.field.addEventListener("dblclick", () => show(0, end));
		c.plot.tabIndex = 0;
		c.plot.setAttribute("role", "group");
		c.plot.setAttribute("aria-label", c.title + ": the arrow keys move the cursor, plus and minus zoom, 0 shows all");
		c.plot.addEventListener("keydown", (e) => {
			if (e.ctrlKey || e.metaKey || e.altKey) return;
			const middle = cursorAt >= shown.from && cursorAt <= shown.to ? cursorAt : (shown.from + shown.to) / 2;
			const step = (by) => {
				const edges = (c.series[0] ?? c.strips[0]).edges(), least = (shown.to - shown.from) / 400;
				const k = place(edges, middle);
				const near = (edges[Math.max(k, 0)] + edges[Math.min(k + 1, edges.length - 1)]) / 2 + by * Math.max(least, Math.min(60, edges[Math.min(k + 1, edges.length - 1)] - edges[k]));
				const t = Number.isNaN(cursorAt) ? middle : Math.min(Math.max(near, 0), end);
				if (t < shown.from || t > shown.to) pan(by / 4);
				point(t);
				say(c);
			};
			const keys = {
				ArrowRight: () => e.shiftKey ? pan(0.25) : step(1), ArrowLeft: () => e.shiftKey ? pan(-0.25) : step(-1),
				"+": () => zoom(0.5, middle), "=": () => zoom(0.5, middle), "-": () => zoom(2, middle), "−": () => zoom(2, middle), 0: deeds.all, Escape: () => point(NaN),
			};
			if (!keys[e.key]) return;
			e.preventDefault();
			keys[e.key]();
		});
	}
	addEventListener("keydown", (e) => { if (e.key === "Escape") point(NaN); });

	// The timeline: found by words, brief unless asked, and linked with the charts.
	const timeline = $("timeline");
	if (timeline) {
		const rows = all("tbody tr", timeline).map((row) => ({ row, text: row.textContent.toLowerCase(), small: row.classList.contains("small") }));
		const find = () => {
			const wanted = $("find").value.toLowerCase(), every = $("every").checked;
			let n = 0;
			timeline.classList.toggle("brief", !every);
			for (const r of rows) {
				r.row.hidden = !r.text.includes(wanted);
				if (!r.row.hidden && (every || !r.small)) n++;
			}
			$("found").textContent = `${n} of ${rows.length} lines`;
		};
		$("find").addEventListener("input", find);
		$("every").addEventListener("change", find);
		find();
		for (const { row } of charts.length ? rows : []) {
			const head = row.cells[0], button = document.createElement("button");
			button.type = "button";
			button.textContent = head.textContent;
			button.setAttribute("aria-label", head.textContent + ": show in the charts");
			head.replaceChildren(button);
		}
		timeline.addEventListener("click", (e) => {
			const row = e.target.closest("button")?.closest("tr");
			if (!row) return;
			const at = +row.dataset.at, span = Math.min(shown.to - shown.from, Math.max(end / 8, 600));
			show(at - span / 2, at + span / 2);
			point(at);
			$("time").scrollIntoView();
			charts[0].plot.focus({ preventScroll: true });
		});
		const reveal = () => {
			const row = /^#e\d+$/.test(location.hash) && $(location.hash.slice(1));
			if (!row) return;
			row.closest("details").open = true;
			row.hidden = false;
			row.scrollIntoView({ block: "center" });
			row.cells[0].querySelector("button")?.focus({ preventScroll: true });
		};
		addEventListener("hashchange", reveal);
		lane?.addEventListener("click", (e) => { if (e.target.closest(".mark")?.hash === location.hash) reveal(); });
		reveal();
	}

	// Settings by their origin.
	$("origin")?.addEventListener("change", (e) => {
		const wanted = e.target.value;
		for (const details of all("#settings details")) {
			const rows = all("tbody tr", details);
			for (const row of rows) row.hidden = wanted !== "" && row.dataset.origin !== wanted;
			details.hidden = rows.every((row) => row.hidden);
			if (wanted !== "") details.open = true;
		}
	});

	// What is wider than its room can be moved by the keyboard.
	const reach = () => all(".scroll").forEach((s) => {
		if (s.scrollWidth > s.clientWidth) s.tabIndex = 0; else s.removeAttribute("tabindex");
	});
	addEventListener("resize", reach);
	addEventListener("toggle", reach, true);
	reach();

	// For paper everything is unfolded and shown.
	let folded = [];
	addEventListener("beforeprint", () => {
		folded = all("#events details:not([open])");
		folded.forEach((d) => d.open = true);
		charts.forEach((c) => refresh(c, true));
	});
	addEventListener("afterprint", () => folded.forEach((d) => d.open = false));
	let width = 0;
	if (charts.length) new ResizeObserver(() => {
		if (charts[0].field.clientWidth === width) return;
		width = charts[0].field.clientWidth;
		soon(() => show(shown.from, shown.to));
	}).observe(charts[0].field);
})();
