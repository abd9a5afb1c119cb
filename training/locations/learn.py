#!/usr/bin/env python3
"""Learns the weights of the model of context (config/location_model.toml) and its calibration.

    training/locations/learn.py DATELINE GOLD.jsonl [GOLD.jsonl …] [--write config/location_model.toml]

DATELINE is the binary: `dateline explain` writes what it weighs, `dateline enrich` what it publishes. GOLD rows are
{id, text, toponyms: [{start, end, lat, lon, geonameid?}]}, offsets in Unicode scalar values. A candidate is right with
the same GeoNames id or within 161 km; without ids a country within 1,000 km and a first-level subdivision within
400 km. The model is a conditional logit over a name's candidates and "none", which is right where no candidate is. What
is maximised is the mean log-likelihood of the right candidates, each file weighing the same, less an L2 penalty that
draws the weights to PRIOR, which is round numbers and not what was learned before. The features depend on the weights,
for the names vote: explaining and learning are repeated ROUNDS times.

Weights that the sign of their feature forbids are held at zero. Everything is cross-validated by articles, the votes
included: the articles of a fold are explained and enriched with weights and a calibration-free model that never read
them. Their figures are what to expect of texts not seen, and the calibration is a curve fitted to what they publish (Platt's,
with a ceiling). Needs nothing but Python's standard library."""
import argparse, json, math, os, random, re, subprocess, tempfile

MODEL = os.path.join(os.path.dirname(__file__), "..", "..", "config", "location_model.toml")
# Where the evidence is thin, weights stay near these: a town of ten times the inhabitants is some three times as likely,
# countries and regions come first, other names are less likely than a place's own, what a text states outweighs all.
PRIOR = {"magnitude": 1.2, "country": 10, "region": 10, "magnitude_of_subdivision": 1.3, "magnitude_of_district": 0.8,
         "short": -2, "alternate": -2, "alternate_of_town": -2, "stated": 5, "states_other": 2, "generic": 2,
         "same_country": 1, "same_subdivision": 1, "near": 2, "regional": 2, "among_its_like": 1.5, "cue": 6, "capital": 0.5, "second_subdivision": -4, "stated_against": -3, "no_demonym": -4, "first_of_name": 0.5, "subdivision_named": 1, "only": 2,
         "list": -4, "may_share_subdivision": 2, "may_share_district": 1, "may_be_near": 2, "listed_alike": 2, "none": 5}
SIGNS = {"same_country": 1, "same_subdivision": 1, "near": 1, "regional": 1, "country_named": 1,
         "subdivision_named": 1, "stated": 1, "states_other": 1, "generic": 1, "cue": 1, "among_its_like": 1,
         "magnitude": 1, "home": 1, "rank": -1, "stated_against": -1, "no_demonym": -1, "second_subdivision": -1,
         "only": 1, "list": -1, "may_share_subdivision": 1, "may_share_district": 1,
         "may_be_near": 1, "listed_alike": 1, "stranger": -1, "first_of_name": 1, "capital": 1}
# What texts cannot teach: no labelled article tells its source's home.
FIXED = {"home": 3.0}
FOLDS, ROUNDS, STEPS, RATE, PENALTY = 5, 3, 200, 0.15, 0.004


def km(a, b, c, d):
    p = math.pi / 180
    h = 0.5 - math.cos((c - a) * p) / 2 + math.cos(a * p) * math.cos(c * p) * (1 - math.cos((d - b) * p)) / 2
    return 12742 * math.asin(math.sqrt(min(1.0, h)))


def is_right(gold, id, lat, lon, code):
    if gold.get("geonameid") and str(id) == str(gold["geonameid"]):
        return True
    distance = km(lat, lon, gold["lat"], gold["lon"])
    if gold.get("geonameid"):
        return distance <= 161
    return distance <= (1000 if code.startswith("PCL") else 400 if code == "ADM1" else 161)


def read(path):
    return {str(row["id"]): row for row in map(json.loads, open(path))}


class Lexicons:
    """A folder with one lexicon: a model of these weights."""

    def __init__(self, weights, calibration=((0.0, 0.0), (1.0, 1.0))):
        self.folder = tempfile.TemporaryDirectory()
        write(os.path.join(self.folder.name, "location_model.toml"), weights, calibration)

    def run(self, binary, what, articles):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as source, tempfile.NamedTemporaryFile("r") as out:
            for article in articles:
                source.write(json.dumps({"id": str(article["id"]), "text": article["text"]}) + "\n")
            source.flush()
            setting = f"enrichment.lexicons={self.folder.name}"
            subprocess.run([binary, what, source.name, "-o", out.name, "--set", setting], check=True, capture_output=True)
            return [json.loads(line) for line in open(out.name)]


def write(path, weights, calibration):
    text = open(MODEL).read()
    text = re.sub(r"^(\w+) = -?[\d.]+$", lambda line: f"{line[1]} = {weights.get(line[1], 0.0):.2f}", text, flags=re.M)
    pairs = ", ".join(f"[{x}, {y}]" for x, y in calibration)
    text = re.sub(r"^calibration = .*$", f"calibration = [{pairs}]", text, flags=re.M)
    open(path, "w").write(text)


def examples(gold, explained):
    """One example a name: (article, features of candidates, right ones, weight, mentions)."""
    found = []
    for row in explained:
        toponyms = [t for t in gold[str(row["id"])]["toponyms"] if t.get("lat") is not None]
        for name in row["names"]:
            hits = [t for s, e in name["mentions"] for t in toponyms if s < t["end"] and t["start"] < e]
            if not hits or not name["candidates"]:
                continue
            # One sense an article; where the gold disagrees, the commonest.
            fits = lambda t, c: is_right(t, c["id"], c["lat"], c["lon"], c["code"])
            right = [sum(fits(t, c) for t in hits) * 2 > len(hits) for c in name["candidates"]]
            # What lies nowhere in particular has another point in every gazetteer.
            if not any(right) and not name["candidates"][0]["code"].startswith(("PPL", "ADM2")):
                continue
            features = [[(i, x) for i, x in enumerate(c["f"]) if x] for c in name["candidates"]]
            found.append((str(row["id"]), features, right, 1 + math.log(len(hits)), len(hits)))
    return found


def learn(names, data, start):
    """The weights that fit `data` best, from `start`, drawn to PRIOR."""
    n = len(names)
    prior = [PRIOR.get(name, 0.0) for name in names + ["none"]]
    w = start[:]
    m1, m2 = [0.0] * (n + 1), [0.0] * (n + 1)
    total = sum(weight for _, _, _, weight, _ in data)
    for step in range(1, STEPS + 1):
        gradient = [0.0] * (n + 1)
        for _, candidates, right, weight, _ in data:
            scores = [sum(w[i] * x for i, x in f) for f in candidates] + [w[n]]
            top = max(scores)
            exps = [math.exp(s - top) for s in scores]
            z = sum(exps)
            none_right = not any(right)
            good = exps[-1] if none_right else sum(e for e, r in zip(exps, right) if r)
            for f, e, r in zip(candidates, exps, right):
                g = weight * (e / z - (e / good if r else 0.0))
                if abs(g) > 1e-9:
                    for i, x in f:
                        gradient[i] += g * x
            gradient[n] += weight * (exps[-1] / z - (1.0 if none_right else 0.0))
        rate = RATE * (1 - step / (STEPS + 1))
        for i in range(n + 1):
            g = gradient[i] / total + PENALTY * (w[i] - prior[i])
            m1[i] = 0.9 * m1[i] + 0.1 * g
            m2[i] = 0.99 * m2[i] + 0.01 * g * g
            w[i] -= rate * (m1[i] / (1 - 0.9**step)) / (math.sqrt(m2[i] / (1 - 0.99**step)) + 1e-8)
        for i, name in enumerate(names):
            if w[i] * SIGNS.get(name, 0) < 0:
                w[i] = 0.0
            w[i] = FIXED.get(name, w[i])
    return w


def fit(binary, sets):
    """Weights by name, learned on `sets`, each the gold rows of one file by id."""
    weights = None
    for _ in range(ROUNDS):
        lexicons = Lexicons(weights or PRIOR)
        joined, parts = [], []
        for gold in sets:
            header, *rows = lexicons.run(binary, "explain", gold.values())
            names = header["features"]
            parts.append(examples(gold, rows))
        mean = sum(sum(d[3] for d in data) for data in parts) / len(parts)
        for data in parts:
            scale = mean / sum(d[3] for d in data)
            joined += [(a, f, r, w * scale, m) for a, f, r, w, m in data]
        start = [(weights or PRIOR).get(name, 0.0) for name in names + ["none"]]
        weights = dict(zip(names + ["none"], learn(names, joined, start)))
    return weights


def published(gold, enriched):
    """(confidence, whether it is right, weight) of each published mention with a point; and how many toponyms the gold has,
    are found, are published, are in the gold, have a point there, are found with a point, are right. A name that the gold lacks is wrong, but counts half:
    no gold is complete. Peoples are annotated by taste and do not count."""
    pairs, counts = [], [0] * 7
    for row in enriched:
        toponyms = gold[str(row["id"])]["toponyms"]
        mentions = [(m["start"], m["end"], l, m["kind"]) for l in row["locations"] for m in l["mentions"] if m["field"] == "body"]
        used = set()
        for t in toponyms:
            at = next((i for i, (s, e, *_) in enumerate(mentions)
                       if s < t["end"] and t["start"] < e and i not in used), None)
            counts[0] += 1
            counts[1] += at is not None
            if at is not None:
                used.add(at)
            if t.get("lat") is None:
                continue
            counts[4] += 1
            if at is None or mentions[at][2].get("latitude") is None:
                continue
            place = mentions[at][2]
            right = is_right(t, place["geonames_id"], place["latitude"], place["longitude"], place["feature_code"])
            counts[5] += 1
            counts[6] += right
            # Every gazetteer has a sea or a continent elsewhere.
            if right or t.get("geonameid") or place["feature_code"].startswith(("PPL", "ADM", "PCL")):
                pairs.append((place["confidence"], right, 1.0))
        for i, (start, end, place, kind) in enumerate(mentions):
            apart = all(end <= t["start"] or t["end"] <= start for t in toponyms)
            if i not in used and apart and kind == "name" and place.get("latitude") is not None:
                pairs.append((place["confidence"], False, 0.5))
        counts[2] += len(mentions)
        counts[3] += len(used)
    return pairs, counts


def report(label, counts):
    gold, found, mentions, used, placed, known, right = counts
    p, r = used / max(1, mentions), found / max(1, gold)
    print(f"{label}: recognition {2 * p * r / max(1e-9, p + r):.4f} (P {p:.4f} R {r:.4f}), "
          f"resolved {right / max(1, known):.4f} of {known}, end to end {right / max(1, placed):.4f}")


def logit(share):
    share = min(max(share, 1e-4), 1 - 1e-4)
    return math.log(share / (1 - share))


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def fit_calibration(pairs):
    """The three numbers of a curve, top * sigmoid(slope * logit + shift): names that are no places after all and one sense
    an article keep even the surest from certainty. By gradient descent on the log loss."""
    slope, shift, top = 0.7, 0.3, 3.5
    total = sum(weight for _, _, weight in pairs)
    for step in range(1500):
        g1 = g2 = g3 = 0.0
        for share, right, weight in pairs:
            x = logit(share)
            inner, cap = sigmoid(slope * x + shift), sigmoid(top)
            p = min(max(inner * cap, 1e-6), 1 - 1e-6)
            g = weight * (p - right) / (p * (1 - p)) / total
            g1 += g * cap * inner * (1 - inner) * x
            g2 += g * cap * inner * (1 - inner)
            g3 += g * inner * cap * (1 - cap)
        rate = 1.5 if step < 1000 else 0.5
        slope, shift, top = max(slope - rate * g1, 0.1), shift - rate * g2, top - rate * g3
    return lambda share: sigmoid(top) * sigmoid(slope * logit(share) + shift)


def table(curve):
    """The curve as the pairs that the stage reads."""
    knots = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999]
    pairs = [(0.0, 0.0)] + [(x, round(curve(x), 3)) for x in knots]
    return pairs + [(1.0, pairs[-1][1])]


def reliability(pairs):
    for low, high in [(0, 0.3), (0.3, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)]:
        inside = [pair for pair in pairs if low <= pair[0] < high]
        total = sum(weight for _, _, weight in inside)
        if inside:
            mean, right = (sum(pair[i] * pair[2] for pair in inside) / total for i in (0, 1))
            known = [r for _, r, weight in inside if weight == 1.0]
            print(f"  {low:.2f}-{min(high, 1):.2f}: {total:6.1f}, mean confidence {mean:.3f}, right {right:.3f}; "
                  f"of the gold's {sum(known) / max(1, len(known)):.3f} of {len(known)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dateline")
    parser.add_argument("gold", nargs="+")
    parser.add_argument("--write")
    args = parser.parse_args()
    sets = [read(path) for path in args.gold]
    held = [([], [0] * 7) for _ in sets]
    folds = [[] for _ in range(FOLDS)]
    part = lambda id: random.Random(id).randrange(FOLDS)
    for fold in range(FOLDS):
        weights = fit(args.dateline, [{a: row for a, row in gold.items() if part(a) != fold} for gold in sets])
        lexicons = Lexicons(weights)
        for i, gold in enumerate(sets):
            unread = [row for a, row in gold.items() if part(a) == fold]
            pairs, counts = published(gold, lexicons.run(args.dateline, "enrich", unread))
            folds[fold] += pairs
            held[i] = (held[i][0] + pairs, [a + b for a, b in zip(held[i][1], counts)])
    for path, (_, counts) in zip(args.gold, held):
        report(f"{os.path.basename(path)}, not read", counts)
    print("without calibration, not read:")
    reliability(sum(folds, []))
    print("calibrated by the other folds:")
    calibrated = []
    for fold, pairs in enumerate(folds):
        curve = fit_calibration([pair for other, pairs in enumerate(folds) if other != fold for pair in pairs])
        calibrated += [(curve(share), right, weight) for share, right, weight in pairs]
    reliability(calibrated)
    calibration = table(fit_calibration(sum(folds, [])))
    print("calibration", calibration)
    if args.write:
        weights = fit(args.dateline, sets)
        for name, value in weights.items():
            print(f"  {name:24} {value:8.2f}")
        write(args.write, weights, calibration)
        lexicons = Lexicons(weights, calibration)
        for path, gold in zip(args.gold, sets):
            report(f"{os.path.basename(path)}, read", published(gold, lexicons.run(args.dateline, "enrich", gold.values()))[1])


if __name__ == "__main__":
    main()
