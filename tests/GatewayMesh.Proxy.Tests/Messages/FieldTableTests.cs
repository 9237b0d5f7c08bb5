using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Messages;

public sealed class FieldTableTests
{
    [Test]
    public void Lines_keep_their_order_and_the_case_of_their_names()
    {
        var table = Of("B: 1", "a: 2", "B: 3");
        Assert.That(Lines(table), Is.EqualTo(["B: 1", "a: 2", "B: 3"]));
    }

    [TestCase("b", "1,3")]
    [TestCase("A", "2")]
    [TestCase("c", "")]
    public void Names_are_compared_without_case(string name, string expected)
    {
        var table = Of("B: 1", "a: 2", "b: 3");
        Assert.That(string.Join(',', table[name].ToArray()), Is.EqualTo(expected));
        Assert.That(table.Contains(name), Is.EqualTo(expected.Length > 0));
    }

    [Test]
    public void Set_replaces_all_lines_at_the_location_of_the_first()
    {
        var table = Of("a: 1", "B: 2", "c: 3", "b: 4", "d: 5");
        table.Set("b", "6");
        Assert.That(Lines(table), Is.EqualTo(["a: 1", "b: 6", "c: 3", "d: 5"]));
        table.Set("e", "7");
        Assert.That(Lines(table)[^1], Is.EqualTo("e: 7"));
    }

    [Test]
    public void Remove_takes_all_lines_of_a_name()
    {
        var table = Of("a: 1", "B: 2", "b: 3", "c: 4", "b: 5");
        table.Remove("b");
        Assert.That(Lines(table), Is.EqualTo(["a: 1", "c: 4"]));
        table.RemoveWhere(static line => line.Name == "a");
        Assert.That(Lines(table), Is.EqualTo(["c: 4"]));
    }

    [Test]
    public void A_table_grows_and_is_reused()
    {
        var table = new FieldTable();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                table.Add($"x-{i}", $"{i}");
            }

            Assert.That(table["X-99"].ToString(), Is.EqualTo("99"));
            Assert.That(table.Count, Is.EqualTo(100));
            table.Clear();
            Assert.That(table.Contains("x-0"), Is.False);
        }
    }

    private static string[] Lines(FieldTable table)
    {
        var lines = new List<string>();
        foreach (var field in table.Lines)
        {
            lines.Add($"{field.Name}: {field.Value}");
        }

        return [.. lines];
    }

    private static FieldTable Of(params string[] lines)
    {
        var table = new FieldTable();
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            table.Add(line[..colon], line[(colon + 2)..]);
        }

        return table;
    }
}
