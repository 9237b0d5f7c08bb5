using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Catalog;
using GatewayMesh.Registry.Consul.Entries;
using GatewayMesh.Registry.Tests.Consul.Entries;
using GatewayMesh.Registry.Consul.Registration;
using GatewayMesh.Registry.Tests.Consul.Agents;
using GatewayMesh.Registry.Yaml;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Poison;

/// <summary>Oversized answers: values that are too large are dropped, and the values next to them are used.</summary>
internal sealed class LargeAnswerTests
{
    [Test]
    public async Task A_value_over_512_KiB_is_dropped_while_reading_and_its_neighbors_are_used()
    {
        using var agent = new StandInAgent();
        agent.Answer = _ => StandInAgent.Ok(Folder(Policies.Folder, ("huge", YamlDocuments.MaxBytes + 3), ("web", 0)));
        using var agents = new ConsulAgents(new ConsulAccess { Agents = [agent.Address] }, new FakeTimeProvider());

        var answer = await agents.GetAsync($"/v1/kv/{Policies.Folder}?recurse", default);

        Assert.That(answer.Body.Length, Is.LessThan(1_000), "the value was dropped");
        var read = Policies.Read(answer.Body);
        Assert.That(read["web"].Entry, Is.Not.Null);
        Assert.That(read["huge"].Errors.Single().Message, Is.EqualTo("is larger than 512KiB"));
    }

    [Test]
    public async Task A_node_record_over_16_KiB_is_dropped_while_reading()
    {
        using var agent = new StandInAgent();
        agent.Answer = _ =>
            StandInAgent.Ok(
                Folder(ConsulNames.NodeFolder, ("large", NodeRecordText.MaxBytes + 3), ("most", NodeRecordText.MaxBytes - 100)));
        using var agents = new ConsulAgents(new ConsulAccess { Agents = [agent.Address] }, new FakeTimeProvider());

        var answer = await agents.GetAsync($"/v1/kv/{ConsulNames.NodeFolder}?recurse", default);

        Assert.That(KeyValues.Read(answer.Body).Select(item => (item.Key, item.Value is null)),
            Is.EqualTo(new[] { (ConsulNames.NodeFolder + "large", true), (ConsulNames.NodeFolder + "most", false) }));
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(1024)]
    public void Only_strings_that_are_too_long_are_dropped_with_any_chunking(int piece)
    {
        var json = """[{"Key":"a \\\" b","Value":"1234567890"},{"Key":"\"","Value":"12345678901"},{"n":12345678901234567890,"x":""}]"""u8;
        var body = new AnswerBody(longest: 10);
        for (var at = 0; at < json.Length; at += piece)
        {
            body.Append(json[at..Math.Min(json.Length, at + piece)]);
        }

        Assert.That(Encoding.UTF8.GetString(body.Kept.Span),
            Is.EqualTo(
                """[{"Key":"a \\\" b","Value":"1234567890"},{"Key":"\"","Value":"<too large>"},{"n":12345678901234567890,"x":""}]"""));
    }

    [Test]
    public void A_few_large_values_do_not_displace_small_ones()
    {
        var body = new AnswerBody(AnswerBody.StringOf(YamlDocuments.MaxBytes));
        var large = Encoding.UTF8.GetBytes($"\"{new string('a', 600_000)}\",");
        var small = Encoding.UTF8.GetBytes($"\"{new string('b', 20_000)}\",");
        for (var number = 0; number < 100; number++)
        {
            body.Append(large);
            body.Append(small);
        }

        Assert.That(body.Kept.Length, Is.LessThan(AnswerBody.TightSize + (100 * small.Length) + large.Length));
        Assert.That(
            Encoding.UTF8.GetString(body.Kept.Span).Split(',').Count(text => text == Encoding.UTF8.GetString(small).TrimEnd(',')),
            Is.EqualTo(100));
    }

    [Test]
    public void An_answer_that_is_too_large_in_total_is_an_error()
    {
        var body = new AnswerBody(longest: 1024);
        var numbers = Encoding.ASCII.GetBytes(new string('1', 1024 * 1024));
        Assert.That(
            () =>
            {
                for (var number = 0; number < 64; number++)
                {
                    body.Append(numbers);
                }
            },
            Throws.InstanceOf<IOException>().With.Message.EqualTo("the answer is larger than 32 MiB"));
    }

    [Test]
    public void A_registration_with_many_tags_and_pairs_is_read_within_Consuls_own_limits()
    {
        var tags = string.Join(',', Enumerable.Range(0, 10_000).Select(number => $"\"t{number}\""));
        var pairs = string.Join(',', Enumerable.Range(0, 10_000).Select(number => $"\"k{number}\":\"v\""));
        var instance = InstanceReader.Read(Encoding.UTF8.GetBytes($$"""
            [{"Node":{"Node":"s1","Address":"10.0.0.1"},
              "Service":{"Kind":"connect-proxy","ID":"a","Service":"web-sidecar-proxy","Port":20001,"Tags":["{{new string('x', 600)}}",{{tags}}],"Meta":{ {{pairs}} },
                "Proxy":{"DestinationServiceName":"web","DestinationServiceID":"web-1"} },"Checks":[]}]
            """)).Values.Single();
        Assert.That((instance.Tags.Length, instance.Meta.Count), Is.EqualTo((63, 64)));
    }

    [Test]
    public void A_registration_with_a_deeply_nested_section_does_not_affect_others_in_its_list()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 500)) + "1" + new string('}', 500);
        const string Item =
            """{"Node":{"Node":"s1","Address":"10.0.0.1"},"Service":{"ID":"ID","Service":"p","Port":20001,"Proxy":{"DestinationServiceID":"ID","Config":CONFIG}},"Checks":[]}""";
        var body =
            $"[{Item.Replace("ID\"", "a\"", StringComparison.Ordinal).Replace("CONFIG", deep, StringComparison.Ordinal)},{Item.Replace("CONFIG", "{}", StringComparison.Ordinal)}]";
        Assert.That(InstanceReader.Read(Encoding.UTF8.GetBytes(body)), Has.Count.GreaterThanOrEqualTo(1));
    }

    private static string Folder(string folder, params (string Name, int Length)[] values) => JsonSerializer.Serialize(
        values.Select(
            value => new
            {
                Key = folder + value.Name,
                Value = Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('#', value.Length))),
            }).ToArray());
}
