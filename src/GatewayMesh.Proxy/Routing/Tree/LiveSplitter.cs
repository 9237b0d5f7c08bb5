using System.Collections.Immutable;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>Shares requests out by weight, to a hundredth of a percent.</summary>
internal sealed class LiveSplitter : LiveNode
{
    private readonly int[] _ends;

    /// <param name="name">Its name.</param>
    /// <param name="legs">The shares in hundredths of a percent. Should they not add up to 10,000, they count in proportion.</param>
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

    /// <summary>The shares in hundredths of a percent, and where they go.</summary>
    public ImmutableArray<(int Weight, LiveNode Next)> Legs { get; }

    /// <inheritdoc/>
    public override bool Splits => true;

    /// <summary>Where a request with this draw goes.</summary>
    /// <param name="draw">Its draw.</param>
    /// <param name="depth">How many splitters it has passed: each has a number of its own.</param>
    public LiveNode Next(SplitSample draw, int depth)
    {
        var number = draw.At(depth, Math.Max(1, _ends[^1]));
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
