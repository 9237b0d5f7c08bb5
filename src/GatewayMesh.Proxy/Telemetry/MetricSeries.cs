using System.Text;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>One series collected by the exporter: its tags, their text, and its value or buckets.</summary>
internal sealed class MetricSeries
{
    private readonly KeyValuePair<string, object?>[] _tags;
    private long _value;

    public MetricSeries(ReadOnlySpan<KeyValuePair<string, object?>> tags, int hash, int buckets, MetricSeries? next)
    {
        _tags = tags.ToArray();
        Hash = hash;
        Next = next;
        Buckets = buckets == 0 ? [] : new long[buckets];
        Text = Encoding.UTF8.GetBytes(PrometheusSyntax.LabelsOf(tags));
    }

    /// <summary>Hash of the tags.</summary>
    public int Hash { get; }

    /// <summary>Next series in the same chain of the table.</summary>
    public MetricSeries? Next { get; }

    /// <summary>Labels in Prometheus' format, without braces.</summary>
    public byte[] Text { get; }

    /// <summary>Histogram: count of each bucket, not cumulative; the last bucket is above all bounds.</summary>
    public long[] Buckets { get; }

    /// <summary>Histogram: the last exemplar of each bucket; null if no measurement had a recorded trace.</summary>
    public Exemplar?[]? Exemplars { get; private set; }

    /// <summary>Scrape in which the series was last observed.</summary>
    public int SeenIn { get; set; }

    /// <summary>Value of the series; for a histogram the sum.</summary>
    public double Value
    {
        get => BitConverter.Int64BitsToDouble(Interlocked.Read(ref _value));
        set => Interlocked.Exchange(ref _value, BitConverter.DoubleToInt64Bits(value));
    }

    /// <summary>Keeps the exemplar of a bucket.</summary>
    public void Keep(int bucket, Exemplar exemplar) => (Exemplars ??= new Exemplar?[Buckets.Length])[bucket] = exemplar;

    /// <summary>Adds to the value.</summary>
    public void Add(double amount)
    {
        while (true)
        {
            var before = Interlocked.Read(ref _value);
            var after = BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(before) + amount);
            if (Interlocked.CompareExchange(ref _value, after, before) == before)
            {
                return;
            }
        }
    }

    /// <summary>True if the series has these tags.</summary>
    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != _tags.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Key != _tags[i].Key || !Equals(tags[i].Value, _tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }
}
