namespace GatewayMesh.Proxy.Telemetry;

/// <summary>
/// Series of one instrument by their tags. Lookups take no lock and allocate nothing; series beyond the bound are folded.
/// </summary>
internal sealed class MetricSeriesTable(int buckets)
{
    private const int Chains = 256;
    private const int Limit = 4000;
    private readonly Lock _adding = new();
    private MetricSeries?[] _chains = new MetricSeries?[Chains];
    private int _count;

    /// <summary>All series.</summary>
    public IEnumerable<MetricSeries> All
    {
        get
        {
            foreach (var first in _chains)
            {
                for (var series = first; series is not null; series = series.Next)
                {
                    yield return series;
                }
            }
        }
    }

    /// <summary>Returns the series with these tags.</summary>
    public MetricSeries Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = HashOf(tags);
        return Find(hash, tags) ?? Add(hash, tags);
    }

    /// <summary>Forgets the series selected by <paramref name="isGone"/> (only for instruments observed by a single thread).</summary>
    public void Forget(Predicate<MetricSeries> isGone)
    {
        lock (_adding)
        {
            var kept = All.Where(series => !isGone(series)).ToList();
            if (kept.Count == _count)
            {
                return;
            }

            // All series are observed again at each scrape, so no data is lost with the objects.
            _chains = new MetricSeries?[Chains];
            _count = 0;
        }
    }

    private MetricSeries? Find(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        for (var series = Volatile.Read(ref _chains[hash & (Chains - 1)]); series is not null; series = series.Next)
        {
            if (series.Hash == hash && series.Has(tags))
            {
                return series;
            }
        }

        return null;
    }

    private MetricSeries Add(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_adding)
        {
            if (Find(hash, tags) is { } found)
            {
                return found;
            }

            if (_count >= Limit && tags.Length > 0)
            {
                var folded = new KeyValuePair<string, object?>[tags.Length];
                for (var i = 0; i < folded.Length; i++)
                {
                    folded[i] = new(tags[i].Key, Labels.Other);
                }

                hash = HashOf(folded);
                return Find(hash, folded) ?? Insert(hash, folded);
            }

            return Insert(hash, tags);
        }
    }

    private MetricSeries Insert(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        ref var chain = ref _chains[hash & (Chains - 1)];
        var series = new MetricSeries(tags, hash, buckets, chain);
        Volatile.Write(ref chain, series);
        _count++;
        return series;
    }

    private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = 17;
        foreach (var tag in tags)
        {
            hash = (hash * 31) + (tag.Value?.GetHashCode() ?? 0);
        }

        return hash ^ (hash >> 16);
    }
}
