using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Registry.Consul.Entries;
using GatewayMesh.Registry.Tests.Consul.Entries;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Tests.Poison;

/// <summary>Values of 400 KB full of errors cost a bounded number of messages and little memory.</summary>
internal sealed class PoisonedValueTests
{
    private const int Size = 400_000;

    // Before the limit: 128 MB to 1.2 GB of memory, and 26,000 to 200,000 errors.
    private const long Affordable = 100 * 1024 * 1024;

    private static IEnumerable<TestCaseData> Shapes()
    {
        yield return new TestCaseData("", (Func<int, string>)(i => $"k{i}: 1\n")).SetArgDisplayNames("unknown-keys");
        yield return new TestCaseData("", (Func<int, string>)(i => $"timeout{i}: 1\n")).SetArgDisplayNames("misspelled-keys");
        yield return new TestCaseData("", (Func<int, string>)(_ => "k: 1\n")).SetArgDisplayNames("duplicate-key");
        yield return new TestCaseData("a: &a 1\n", (Func<int, string>)(i => $"k{i}: *a\n")).SetArgDisplayNames("aliases");
        yield return new TestCaseData("retries:\n  on:\n",
            (Func<int, string>)(_ => "  - x\n")).SetArgDisplayNames("list-of-unknown-values");
    }

    [TestCaseSource(nameof(Shapes))]
    public void A_value_with_tens_of_thousands_of_errors_keeps_a_hundred_and_counts_the_rest(string head, Func<int, string> line)
    {
        var body = Body(("web", Fill(head, line)));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var read = Policies.Read(body)["web"];

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(Affordable));
        Assert.That(read.Entry, Is.Null);
        Assert.That(read.Errors, Has.Length.EqualTo(ConfigErrors.MaxOfOne + 1));
        Assert.That(read.Errors[^1].More, Is.GreaterThan(20_000));
        Assert.That(read.Errors[^1].ToString(), Does.StartWith("consul:kv/gatewaymesh/service-policy/web: and ").And.Contain(" more; "));
        Assert.That(string.Join('\n', read.Errors), Has.Length.LessThan(100_000));
    }

    [Test]
    public void Errors_of_many_entries_are_limited_to_a_thousand_and_the_rest_is_counted()
    {
        var errors = new ConfigErrors();
        for (var entry = 0; entry < 5_000; entry++)
        {
            errors.Add(SourceLocation.Option($"entry-{entry:0000}"), "", "is wrong", "fix it");
        }

        var sorted = errors.ToSorted();
        Assert.That((errors.Count, sorted.Length, sorted[^1].More), Is.EqualTo((5_000, ConfigErrors.Max + 1, 4_000)));
        Assert.That(sorted[^1].File, Is.EqualTo(ConfigErrors.FurtherSources));
    }

    [Test]
    public void Counts_survive_a_second_collection()
    {
        var first = new ConfigErrors();
        for (var line = 1; line <= 250; line++)
        {
            first.Add(new ConfigError("a.yaml", line, 1, "x", "is wrong", "fix it"));
        }

        var second = new ConfigErrors();
        second.AddRange(first.ToSorted());
        Assert.That((second.Count, second.ToSorted().Length, second.ToSorted()[^1].More), Is.EqualTo((250, 101, 150)));
        Assert.That(second.ToSorted(), Is.EqualTo(first.ToSorted()));
    }

    [Test]
    public void A_message_never_repeats_a_long_text_of_the_input()
    {
        var errors = new ConfigErrors();
        errors.Add(SourceLocation.Option("a"), new string('p', 100_000), new string('m', 100_000), new string('x', 100_000));
        Assert.That(errors.ToSorted()[0].ToString(), Has.Length.LessThan(4_000));
    }

    [Test]
    public void A_long_text_behind_many_aliases_is_refused()
    {
        var errors = new ConfigErrors();
        var value = $"a: &a '{new string('x', 200_000)}'\nb: [ {string.Join(", ", Enumerable.Repeat("*a", 10_000))} ]\n";
        _ = YamlDocuments.ReadOne(Encoding.UTF8.GetBytes(value), "f.yaml", errors);
        Assert.That(errors.ToSorted().Single().Message, Does.Contain("KiB of text, aliases included"));
    }

    [Test]
    public void A_key_of_more_than_256_characters_is_refused()
    {
        var errors = new ConfigErrors();
        _ = YamlDocuments.ReadOne(Encoding.UTF8.GetBytes($"? {new string('k', 257)}\n: 1\n"), "f.yaml", errors);
        Assert.That(errors.ToSorted().Single().Message, Is.EqualTo("a key has more than 256 characters"));
    }

    [Test]
    public void An_entry_that_is_too_deep_or_too_large_does_not_affect_others_in_its_list()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200);
        var body = Encoding.UTF8.GetBytes($$"""
            [
              { "Kind": "service-defaults", "Name": "deep", "Protocol": "http", "Config": {{deep}} },
              { "Kind": "service-defaults", "Name": "large", "Protocol": "http", "Meta": { "a": "{{new string('x', YamlDocuments.MaxBytes)}}" } },
              { "Kind": "service-defaults", "Name": "web", "Protocol": "grpc" }
            ]
            """);

        var read = EntryReader.Read(body);

        Assert.That(read["web"].Entry, Is.Not.Null);
        Assert.That((read["deep"].Entry, read["deep"].Errors.Length), Is.EqualTo(((object?)null, 1)));
        Assert.That(
            read["large"].Errors.Single().ToString(),
            Is.EqualTo("consul:service-defaults/large:1:1: is larger than 512KiB; split it into several files or entries"));
    }

    [Test]
    public void A_refused_policy_leaves_the_last_good_one_in_use()
    {
        var lastGood = new LastGoodEntries();
        lastGood.Take([("service-policy", Policies.Read(Body(("web", "timeouts: { request: 7s }"))))]);
        var good = lastGood.Entries!.ServicePolicies.Single();

        lastGood.Take(
            [("service-policy", Policies.Read(Body(("web", Fill("", i => $"k{i}: 1\n")), ("api", "timeouts: { request: 1s }"))))]);

        Assert.That(lastGood.Entries.ServicePolicies.Select(policy => policy.Name), Is.EquivalentTo(new[] { "web", "api" }));
        Assert.That(lastGood.Entries.ServicePolicies.Single(policy => policy.Name == "web"), Is.EqualTo(good));
        Assert.That(lastGood.Errors, Has.Length.EqualTo(ConfigErrors.MaxOfOne + 1));
    }

    internal static string Fill(string head, Func<int, string> line)
    {
        var text = new StringBuilder(head);
        for (var number = 0; text.Length < Size; number++)
        {
            _ = text.Append(line(number));
        }

        return text.ToString();
    }

    private static byte[] Body(params (string Name, string Value)[] policies) => JsonSerializer.SerializeToUtf8Bytes(
        policies.Select(
            policy => new
            {
                Key = Policies.Folder + policy.Name,
                Value = Convert.ToBase64String(Encoding.UTF8.GetBytes(policy.Value)),
            }).ToImmutableArray());
}
