using System.Collections.Immutable;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>Distributes requests by weight, to a hundredth of a percent.</summary>
internal sealed class LiveSplitter : LiveNode
{
    private readonly int[] _ends;

    /// <param name="name">Name of the splitter.</param>
    /// <param name="legs">Shares in hundredths of a percent. If they do not add up to 10,000, they count in proportion.</param>
    public LiveSplitter(string name, ImmutableArray<(int Weight, LiveNode Next)> legs)
        : base(name)
    {
        Legs = legs;
        _ends = new int[legs.Length];
        for (var i = 0; i < legs.Length; i++)
        {
            _ends[i] = (i == 0 ? 0 : _ends[i - 1]) + Math.Max(0, legs[i].Weight);
        }
    }

    /// <summary>Shares in hundredths of a percent, with their next nodes.</summary>
    public ImmutableArray<(int Weight, LiveNode Next)> Legs { get; }

    /// <inheritdoc/>
    public override bool Splits => true;

    /// <summary>Returns the next node of a request with this sample.</summary>
    /// <param name="sample">Sample of the request.</param>
    /// <param name="depth">Number of splitters passed before; each uses its own number.</param>
    public LiveNode Next(SplitSample sample, int depth)
    {
        var number = sample.At(depth, Math.Max(1, _ends[^1]));
        for (var i = 0; i < _ends.Length - 1; i++)
        {
            if (number < _ends[i])
            {
                return Legs[i].Next;
            }
        }

        return Legs[^1].Next;
    }
}
