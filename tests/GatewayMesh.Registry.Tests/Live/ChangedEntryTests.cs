using System.Text;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Entries;
using GatewayMesh.Registry.Files;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Live;

/// <summary>A registry hands on unchanged entries as the same objects, so that a change of one entry compiles only its chains.</summary>
internal sealed class ChangedEntryTests
{
    [Test]
    public void Changed_file_of_a_folder_binds_and_compiles_only_its_own_entries()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yaml", Resolver("a", "1s"));
        folder.Write("b.yaml", Resolver("b", "1s"));
        var registry = new RegistryFolder(folder.Path, new FakeTimeProvider());
        var first = registry.Poll(readAll: true)!.Entries!;
        folder.Write("b.yaml", Resolver("b", "2s"));
        var second = registry.Poll(readAll: true)!.Entries!;
        AssertOnlyTheSecondChanged(first, second);
    }

    [Test]
    public void Changed_entry_of_a_consul_list_binds_and_compiles_only_itself()
    {
        var (known, good) = (new KnownEntries(), new LastGoodEntries());
        EntrySet Take(string timeout)
        {
            var body = $$"""
                [{"Kind":"service-resolver","Name":"a","ConnectTimeout":"1s"},
                 {"Kind":"service-resolver","Name":"b","ConnectTimeout":"{{timeout}}"}]
                """;
            good.Take([("service-resolver", EntryReader.Read(Encoding.UTF8.GetBytes(body), known))]);
            return good.Entries!;
        }

        AssertOnlyTheSecondChanged(Take("1s"), Take("2s"));
    }

    [Test]
    public void Removed_entry_of_a_consul_list_is_read_again_when_it_returns()
    {
        var known = new KnownEntries();
        var body = """[{"Kind":"service-resolver","Name":"a","ConnectTimeout":"1s"}]"""u8.ToArray();
        var first = EntryReader.Read(body, known)["a"];
        Assert.That(EntryReader.Read(body, known)["a"], Is.SameAs(first));
        Assert.That(EntryReader.Read("[]"u8.ToArray(), known), Is.Empty);
        Assert.That(EntryReader.Read(body, known)["a"], Is.Not.SameAs(first));
    }

    private static void AssertOnlyTheSecondChanged(EntrySet first, EntrySet second)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second.ServiceResolvers[0], Is.SameAs(first.ServiceResolvers[0]));
            Assert.That(second.ServiceResolvers[1].ConnectTimeout, Is.EqualTo(TimeSpan.FromSeconds(2)));
            Assert.That(first.Chains.Compilations, Is.EqualTo(2));
            Assert.That(second.Chains.Compilations, Is.EqualTo(1));
        }
    }

    private static string Resolver(string name, string timeout) => $"kind: service-resolver\nname: {name}\nconnectTimeout: {timeout}\n";
}
