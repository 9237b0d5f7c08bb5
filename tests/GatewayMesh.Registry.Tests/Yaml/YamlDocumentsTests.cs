using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Tests.Yaml;

internal sealed class YamlDocumentsTests
{
    [Test]
    public void Nodes_know_their_line_and_column()
    {
        var document = (ConfigMapping)Read("a: 1\nb:\n  - x\n").Single();

        var item = ((ConfigSequence)document.Find("b")!.Value).Items[0];
        Assert.That(item.Location, Is.EqualTo(new SourceLocation("f.yaml", 3, 5)));
        Assert.That(document.Find("b")!.KeyLocation, Is.EqualTo(new SourceLocation("f.yaml", 2, 1)));
    }

    [Test]
    public void A_quoted_null_is_text_and_a_plain_null_is_empty()
    {
        var document = (ConfigMapping)Read("a: null\nb: 'null'\nc:\nd: ~\n").Single();

        Assert.That(document.Pairs.Select(pair => pair.Value is ConfigNull), Is.EqualTo(new[] { true, false, true, true }));
    }

    [Test]
    public void Windows_line_ends_and_a_byte_order_mark_are_read()
    {
        var errors = new ConfigErrors();
        var documents = YamlDocuments.Read([.. Encoding.UTF8.Preamble, .. "a: 1\r\nb: 2\r\n"u8], "f.yaml", errors);

        Assert.That(errors.ToSorted(), Is.Empty);
        Assert.That(((ConfigScalar)((ConfigMapping)documents.Single()).Find("b")!.Value).Text, Is.EqualTo("2"));
    }

    [Test]
    public void Json_is_read_with_its_escapes_and_tabs()
    {
        var document = (ConfigMapping)Read("{\n\t\"a\": \"\\u00e4\\n\",\n\t\"b\": [1, true, null]\n}\n").Single();

        Assert.That(((ConfigScalar)document.Find("a")!.Value).Text, Is.EqualTo("ä\n"));
        Assert.That(((ConfigSequence)document.Find("b")!.Value).Items, Has.Length.EqualTo(3));
    }

    [Test]
    public void Several_documents_are_read_without_empty_ones() =>
        Assert.That(Read("---\na: 1\n---\n---\n# nothing\n---\nb: 2\n...\n"), Has.Length.EqualTo(2));

    [Test]
    public void Invalid_utf8_is_named_by_byte_offset_line_and_column() =>
        Assert.That(
            ErrorOf([.. "a: 1\nb: "u8, 0xc3, 0x28, .. "\n"u8]),
            Is.EqualTo("f.yaml:2:4: is not UTF-8: byte 0xc3 at offset 8; save it as UTF-8"));

    [Test]
    public void A_truncated_character_at_the_end_is_invalid_utf8() =>
        Assert.That(ErrorOf([.. "a: "u8, 0xe2, 0x82]), Does.Contain("byte 0xe2 at offset 3"));

    [Test]
    public void A_surrogate_in_utf8_is_invalid() =>
        Assert.That(ErrorOf([.. "a: "u8, 0xed, 0xa0, 0x80]), Does.Contain("byte 0xed at offset 3"));

    [Test]
    public void A_nul_byte_does_not_end_the_file_silently() =>
        Assert.That(
            ErrorOf([.. "role: gateway\n"u8, 0, .. "nonsense: 1\n"u8]),
            Is.EqualTo(
                "f.yaml:2:1: contains a control character: byte 0x00 at offset 14; remove it, and check that the file is complete and is "
                    + "text"));

    [Test]
    public void Utf16_is_named() =>
        Assert.That(ErrorOf(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("a: 1")).ToArray()), Does.Contain("is UTF-16"));

    [Test]
    public void A_file_of_five_megabytes_is_refused() =>
        Assert.That(
            ErrorOf(Encoding.UTF8.GetBytes(new string('#', 5 * 1024 * 1024))),
            Is.EqualTo("f.yaml:1:1: is larger than 512KiB; split it into several files or entries"));

    [TestCase('[', 100_000)]
    [TestCase('{', 100_000)]
    [TestCase('[', 66)]
    public void Deep_nesting_is_refused_without_a_deep_stack(char bracket, int depth) =>
        Assert.That(ErrorOf(Encoding.UTF8.GetBytes(new string(bracket, depth))),
            Does.Contain("nested deeper than 64").Or.Contain("is not YAML").Or.Contain("a key is not text"));

    [Test]
    public void Sixty_four_levels_are_read()
    {
        Assert.That(Read(new string('[', 64) + new string(']', 64)), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_value_of_the_command_line_can_be_a_list()
    {
        var errors = new ConfigErrors();
        var node = YamlDocuments.ReadValue("[ a, b ]", SourceLocation.Option("--set x"), errors);

        Assert.That(((ConfigSequence)node).Items.Select(item => item.Location), Is.All.EqualTo(SourceLocation.Option("--set x")));
        Assert.That(errors.Count, Is.Zero);
    }

    [Test]
    public void Arbitrary_bytes_never_throw() =>
        Prop.ForAll<byte[]>(
            bytes => Assert.That(() => YamlDocuments.Read(bytes, "f.yaml", new ConfigErrors()), Throws.Nothing)).QuickCheckThrowOnFailure();

    [Test]
    public void Arbitrary_yaml_tokens_never_throw() =>
        Prop.ForAll(
            Gen.Elements(
                "a",
                ": ",
                "- ",
                "\n",
                "  ",
                "[",
                "]",
                "{",
                "}",
                ",",
                "&x ",
                "*x",
                "!t ",
                "|",
                ">",
                "\"",
                "'",
                "#",
                "?",
                "---",
                "...",
                "%",
                "\t",
                "<<",
                "@",
                "`")
                .ArrayOf()
                .ToArbitrary(),
            tokens => Assert.That(
                () => YamlDocuments.Read(Encoding.UTF8.GetBytes(string.Concat(tokens)), "f.yaml", new ConfigErrors()),
                Throws.Nothing)).QuickCheckThrowOnFailure();

    private static System.Collections.Immutable.ImmutableArray<ConfigNode> Read(string text)
    {
        var errors = new ConfigErrors();
        var documents = YamlDocuments.Read(Encoding.UTF8.GetBytes(text), "f.yaml", errors);
        Assert.That(errors.ToSorted(), Is.Empty);
        return documents;
    }

    private static string ErrorOf(byte[] bytes)
    {
        var errors = new ConfigErrors();
        _ = YamlDocuments.Read(bytes, "f.yaml", errors);
        return errors.ToSorted().Single().ToString();
    }
}
