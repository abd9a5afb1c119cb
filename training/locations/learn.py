#!/usr/bin/env python3
"""Learns the weights of the model of context (config/location_model.toml) and its calibration.

    dateline explain GOLD.jsonl -o EXPLAINED.jsonl          for each labelled file
    training/locations/learn.py GOLD.jsonl EXPLAINED.jsonl [GOLD EXPLAINED …] [--write config/location_model.toml]

GOLD rows are {id, text, toponyms: [{start, end, lat, lon, geonameid?}]}, offsets in Unicode scalar values. A
candidate is right with the same GeoNames id or within 161 km; without ids a country within 1,000 km and a
first-level subdivision within 400 km. The model is a conditional logit over a name's candidates and "none", which
is right where no candidate is. What is maximised is the mean log-likelihood of the right candidates, each file
weighing the same, less an L2 penalty that draws the weights to PRIOR. The features of the last round depend on the
weights: run `explain` and this script again, two or three times, until nothing changes.

Weights that the sign of their feature forbids are held at zero. Cross-validation by articles reports what to expect
of texts not seen; the calibration is fitted on the predictions made that way (isotonic, pooled adjacent violators).
Needs nothing but Python's standard library."""
import argparse, json, math, random, re

SIGNS = {"same_country": 1, "same_subdivision": 1, "same_district": 1, "near": 1, "regional": 1, "country_named": 1,
         "subdivision_named": 1, "stated": 1, "states_other": 1, "generic": 1, "generic_against": -1,
         "dateline_subdivision": 1, "dateline_near": 1, "magnitude": 1, "home": 1, "rank": -1,
         "lead": 1, "only": 1, "large": 1, "list": -1, "may_share_subdivision": 1, "may_share_district": 1,
         "may_be_near": 1, "listed_alike": 1, "stranger": -1, "first_of_name": 1, "capital": 1, "ours": 1}
# What texts cannot teach: no labelled article tells its source's home.
FIXED = {"home": 3.0}
FOLDS, STEPS, RATE, PENALTY, NONE_WEIGHT = 5, 240, 0.15, 0.002, 1.0


def km(a, b, c, d):
    p = math.pi / 180
    h = 0.5 - math.cos((c - a) * p) / 2 + math.cos(a * p) * math.cos(c * p) * (1 - math.cos((d - b) * p)) / 2
    return 12742 * math.asin(math.sqrt(min(1.0, h)))


def is_right(gold, candidate):
    if gold.get("geonameid") and str(candidate["id"]) == str(gold["geonameid"]):
        return True
    distance = km(candidate["lat"], candidate["lon"], gold["lat"], gold["lon"])
    if gold.get("geonameid"):
        return distance <= 161
    return distance <= (1000 if candidate["code"].startswith("PCL") else 400 if candidate["code"] == "ADM1" else 161)


def examples(gold_path, explained_path):
    """One example a name and gold place: (article, features of candidates, right ones, weight)."""
    gold = {str(r["id"]): r for r in map(json.loads, open(gold_path))}
    lines = iter(open(explained_path))
    names = json.loads(next(lines))["features"]
    found = []
    for row in map(json.loads, lines):
        toponyms = [t for t in gold[str(row["id"])]["toponyms"] if t.get("lat") is not None]
        for name in row["names"]:
            hits = [t for s, e in name["mentions"] for t in toponyms if s < t["end"] and t["start"] < e]
            if not hits or not name["candidates"]:
                continue
            # One sense an article; where the gold disagrees, the commonest.
            right = [sum(is_right(t, c) for t in hits) * 2 > len(hits) for c in name["candidates"]]
            # What lies nowhere in particular has another point in every gazetteer.
            if not any(right) and not name["candidates"][0]["code"].startswith(("PPL", "ADM2")):
                continue
            found.append((str(row["id"]), [c["f"] for c in name["candidates"]], right, 1 + math.log(len(hits)), len(hits)))
    return names, found


def predict(weights, none, features):
    scores = [sum(w * x for w, x in zip(weights, f) if x) for f in features]
    top = max(scores + [none])
    exps = [math.exp(s - top) for s in scores]
    e_none = math.exp(none - top)
    total = sum(exps) + e_none
    return [e / total for e in exps], e_none / total


def learn(names, data, start):
    n = len(names)
    prior, w = start[:], start[:]
    m1, m2 = [0.0] * (n + 1), [0.0] * (n + 1)
    total = sum(weight for *_, weight, _ in data)
    sparse = [([[(i, x) for i, x in enumerate(f) if x] for f in feats], right, weight) for _, feats, right, weight, _ in data]
    for step in range(1, STEPS + 1):
        gradient = [0.0] * (n + 1)
        for feats, right, weight in sparse:
            scores = [sum(w[i] * x for i, x in f) for f in feats] + [w[n]]
            top = max(scores)
            exps = [math.exp(s - top) for s in scores]
            z = sum(exps)
            none_right = not any(right)
            good = exps[-1] if none_right else sum(e for e, r in zip(exps, right) if r)
            if none_right:
                weight = weight * NONE_WEIGHT
            for f, e, r in zip(feats, exps, right):
                g = weight * (e / z - (e / good if r else 0.0))
                if abs(g) > 1e-9:
                    for i, x in f:
                        gradient[i] += g * x
            gradient[n] += weight * (exps[-1] / z - (1.0 if none_right else 0.0))
        for i in range(n + 1):
            g = gradient[i] / total + PENALTY * (w[i] - prior[i])
            m1[i] = 0.9 * m1[i] + 0.1 * g
            m2[i] = 0.99 * m2[i] + 0.01 * g * g
            w[i] -= RATE * (m1[i] / (1 - 0.9**step)) / (math.sqrt(m2[i] / (1 - 0.99**step)) + 1e-8)
        for i, name in enumerate(names):
            sign = SIGNS.get(name)
            if sign and w[i] * sign < 0:
                w[i] = 0.0
            if name in FIXED:
                w[i] = FIXED[name]
    return w


def judge(names, w, data):
    """Pairs of the best share and whether the best is right, one a mention; the share of mentions that are right."""
    pairs = []
    for _, feats, right, _, mentions in data:
        shares, none = predict(w[:-1], w[-1], feats)
        best = max(range(len(shares)), key=lambda i: shares[i])
        if shares[best] >= none:
            pairs += [(shares[best], right[best])] * mentions
    return pairs


def isotonic(pairs, least=25):
    blocks = []
    for share, right in sorted(pairs):
        blocks.append([share, float(right), 1])
        while len(blocks) > 1 and (blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2] or blocks[-2][2] < least):
            s, r, c = blocks.pop()
            blocks[-1] = [blocks[-1][0] + s, blocks[-1][1] + r, blocks[-1][2] + c]
    # One mention more that is wrong, so that no bin claims certainty.
    knots = [(s / c, r / (c + 1)) for s, r, c in blocks]
    out = [(0.0, 0.0)]
    for x, y in knots:
        if x > out[-1][0] + 0.005:
            out.append((round(x, 3), round(max(y, out[-1][1]), 3)))
    last = out[-1]
    out.append((1.0, last[1])) if last[0] < 1.0 else None
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--write")
    parser.add_argument("--model", default="config/location_model.toml")
    args = parser.parse_args()
    text = open(args.model).read()
    current = dict((k, float(v)) for k, v in re.findall(r"^(\w+) = (-?[\d.]+)$", text, re.M))
    sets = []
    for gold, explained in zip(args.files[::2], args.files[1::2]):
        names, data = examples(gold, explained)
        sets.append(data)
    mean = sum(sum(d[3] for d in data) for data in sets) / len(sets)
    joined = []
    for data in sets:
        scale = mean / sum(d[3] for d in data)
        joined += [(a, f, r, w * scale, m) for a, f, r, w, m in data]
    start = [current[name] for name in names] + [current["none"]]
    possible = [sum(d[4] for d in data if any(d[2])) / sum(d[4] for d in data) for data in sets]
    print("a right candidate exists:", " ".join(f"{p:.3f}" for p in possible))
    held = []
    for fold in range(FOLDS):
        part = lambda a: random.Random(a).randrange(FOLDS)
        w = learn(names, [d for d in joined if part(d[0]) != fold], start)
        for i, data in enumerate(sets):
            held += [(i, p) for p in judge(names, w, [d for d in data if part(d[0]) == fold])]
    for i in range(len(sets)):
        mine = [p for j, p in held if j == i]
        print(f"file {i}: held out {sum(r for _, r in mine) / len(mine):.4f} of {len(mine)}")
    w = learn(names, joined, start)
    for i, data in enumerate(sets):
        pairs = judge(names, w, data)
        print(f"file {i}: learned on {sum(r for _, r in pairs) / len(pairs):.4f} of {len(pairs)}; "
              f"before {sum(r for _, r in judge(names, start, data)) / max(1, len(judge(names, start, data))):.4f}")
    calibration = isotonic([p for _, p in held])
    for low in range(0, 10):
        inside = [r for _, (s, r) in held if low / 10 <= s < low / 10 + 0.1 + (low == 9)]
        if inside:
            print(f"share {low / 10:.1f}: {sum(inside) / len(inside):.3f} right of {len(inside)}")
    print("calibration", calibration)
    for name, value, old in zip(names + ["none"], w, start):
        print(f"  {name:24} {old:8.2f} -> {value:8.2f}")
    if args.write:
        for name, value in zip(names + ["none"], w):
            text = re.sub(rf"^{name} = .*$", f"{name} = {value:.2f}", text, flags=re.M)
        pairs = ", ".join(f"[{x}, {y}]" for x, y in calibration)
        text = re.sub(r"^calibration = .*$", f"calibration = [{pairs}]", text, flags=re.M)
        open(args.write, "w").write(text)


main()
