using System.Globalization;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Splitters;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Tests.Routing;

/// <summary>Entries that would cost every node its time or its stack are refused in words.</summary>
public sealed class ChainBoundTests
{
    // Each level leads to both names of the next: 2³⁰ ways.
    [Test]
    public void Splitters_whose_paths_double_with_each_level_are_refused() =>
        Assert.That(ErrorOf(30, (level, side) => [Name(level + 1, 0), Name(level + 1, 1)]), Does.Contain("produce more than 1000 shares"));

    [Test]
    public void Splitters_that_form_a_cycle_are_refused() =>
        Assert.That(ErrorOf(20_000, (level, side) => [Name(level + 1, 0), "end"]), Does.Contain("more than 64 nested splitters"));

    [Test]
    public void Many_levels_with_few_shares_are_accepted() =>
        Assert.That(ErrorOf(60, (level, side) => [Name(level + 1, 0), "end"]), Is.Empty);

    private static string ErrorOf(int levels, Func<int, int, string[]> next)
    {
        var splitters = from level in Enumerable.Range(0, levels)
                        from side in Enumerable.Range(0, 2)
                        select new ServiceSplitterEntry
                        {
                            Name = Name(level, side),
                            Splits = [.. next(level, side).Select(service => new SplitEntry(5000) { Service = service })],
                        };
        var entries = EntrySet.Empty with
        {
            ServiceSplitters = [.. splitters],
            ProxyDefaults = [new ProxyDefaultsEntry { Name = "global", Protocol = "http" }],
        };
        var chain = new ChainCompiler(entries, "dc1", ChainCompiler.Bare).Compile(Name(0, 0), out var error);
        Assert.That(chain is null, Is.EqualTo(error is not null));
        return error?.Message ?? "";
    }

    private static string Name(int level, int side) => string.Create(CultureInfo.InvariantCulture, $"s{level}-{side}");
}
