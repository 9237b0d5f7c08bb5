using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;

namespace GatewayMesh.Configuration.Tests.Intentions;

/// <summary>The table against the plainest words of the rule.</summary>
internal sealed class PrecedenceProperties
{
    private static readonly string[] Names = ["a", "b", "c", "*"];

    [Test]
    public void The_most_specific_intention_for_a_pair_decides_and_within_it_the_first_matching_permission()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new System.Random(seed);
            var list = Random(random);
            var otherwise = random.Next(2) == 0 ? IntentionAction.Allow : IntentionAction.Deny;
            var table = IntentionTable.Of(
                new DeclaredIntentions(
                    [
                        .. list.GroupBy(each => each.Destination, each => each.Source).Select(
                            group => new ServiceIntentionsEntry { Name = group.Key, Sources = [.. group] })],
                    otherwise));
            return (from source in Names[..3]
                    from destination in Names[..3]
                    from method in (string[])["GET", "POST"]
                    from path in (string[])["/x", "/y", "/x/z"]
                    select table.Decide(source, destination, new AskedRequest(method, path))
                        .Allowed == Naive(list, otherwise, source, destination, method, path))
                        .All(equal => equal);
        }).QuickCheckThrowOnFailure();
    }

    private static bool Naive(
        List<(string Destination, IntentionSource Source)> list,
        IntentionAction otherwise,
        string source,
        string destination,
        string method,
        string path)
    {
        foreach (var (to, from) in (ReadOnlySpan<(string, string)>)[(destination, source), (destination, "*"), ("*", source), ("*", "*")])
        {
            foreach (var (declared, says) in list)
            {
                if (declared != to || says.Name != from)
                {
                    continue;
                }

                foreach (var permission in says.Permissions)
                {
                    var pathFits = permission.PathRule is not { } rule
                        || (rule.Test == PathTest.Exact ? path == rule.Value : path.StartsWith(rule.Value, StringComparison.Ordinal));
                    if (pathFits && (permission.Methods.IsEmpty || permission.Methods.Contains(method)))
                    {
                        return permission.Action == IntentionAction.Allow;
                    }
                }

                return (says.Action ?? otherwise) == IntentionAction.Allow;
            }
        }

        return otherwise == IntentionAction.Allow;
    }

    private static List<(string Destination, IntentionSource Source)> Random(System.Random random)
    {
        var list = new List<(string, IntentionSource)>();
        foreach (var destination in Names)
        {
            foreach (var source in Names)
            {
                if (random.Next(3) == 0)
                {
                    continue;
                }

                list.Add((destination, destination != "*" && random.Next(2) == 0
                    ? new IntentionSource(source)
                    {
                        Permissions = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Permission(random))],
                    }
                    : new IntentionSource(source) { Action = Action(random) }));
            }
        }

        return list;
    }

    private static PermissionRule Permission(System.Random random) => new(Action(random))
    {
        PathRule = random.Next(3) switch { 0 => null, 1 => new PathRule(PathTest.Exact, "/x"), _ => new PathRule(PathTest.Prefix, "/x") },
        Methods = random.Next(2) == 0 ? [] : ["GET"],
    };

    private static IntentionAction Action(System.Random random) => random.Next(2) == 0 ? IntentionAction.Allow : IntentionAction.Deny;
}
