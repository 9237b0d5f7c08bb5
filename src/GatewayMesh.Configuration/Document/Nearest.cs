namespace GatewayMesh.Configuration.Document;

/// <summary>Finds the most likely intended word.</summary>
internal static class Nearest
{
    /// <summary>
    /// Returns the candidate closest to <paramref name="word"/>, or null when none is near (a third of the letters, at least one, may
    /// differ).
    /// </summary>
    public static string? To(string word, IEnumerable<string> candidates)
    {
        // Keys are short; a very long word resembles no key.
        if (word.Length is 0 or > 64)
        {
            return null;
        }

        var limit = Math.Max(1, word.Length / 3);
        var written = word.ToLowerInvariant();
        var (nearest, least) = ((string?)null, limit + 1);
        foreach (var candidate in candidates)
        {
            // Each additional letter is a difference, so most candidates are ruled out by length alone.
            var distance = Math.Abs(candidate.Length - word.Length) > limit
                ? int.MaxValue
                : Distance(written, candidate.ToLowerInvariant());
            if (distance < least || (distance == least && nearest is not null && string.CompareOrdinal(candidate, nearest) < 0))
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <summary>Number of letters inserted, deleted, replaced, or swapped with a neighbor (optimal string alignment).</summary>
    internal static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= right.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                var best = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    best = Math.Min(best, rows[i - 2, j - 2] + 1);
                }

                rows[i, j] = best;
            }
        }

        return rows[left.Length, right.Length];
    }
}
