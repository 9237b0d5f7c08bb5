using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Chains are compiled in one place, which keeps them: every user takes them from their set of entries.</summary>
public sealed class ChainCompilationTests
{
    [TestCase(@"new ChainWalk\(", "CompiledChain.cs")]
    [TestCase(@"CompiledChain\.Of\(", "RoutingChains.cs")]
    [TestCase(@"new RoutingChains\(", "EntrySet.cs")]
    public void Chains_are_compiled_in_one_place(string call, string file) =>
        Assert.That(
            Repository.CodeFiles("src")
                .Where(source => Regex.IsMatch(File.ReadAllText(Path.Combine(Repository.Root, source)), call))
                .Select(Path.GetFileName),
            Is.EqualTo(new[] { file }),
            "take the chains of EntrySet.Chains");
}
